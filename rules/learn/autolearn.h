// Autolearning: mail whose verdict is clear without what was learned is learned as what it is. Off unless
// learn.autolearn says otherwise. The conditions keep it from teaching itself its own mistakes: points of the
// groups statistics and reputation do not count, spam must be shown by two groups at least, no check may be
// missing, the classifier must not be sure of the opposite, and neither class may run far ahead of the other.
// Pure.
#pragma once

#include <string_view>

#include "conf/config.h"
#include "proto/verdict.h"
#include "rules/bayes/classify.h"
#include "rules/scan.h"

namespace xspamd {

// As SpamAssassin's status line names them.
enum class Autolearn { disabled, no, ham, spam, failed };
std::string_view name(Autolearn outcome);

inline constexpr Points kGroupEvidence{3000};     // that each of two groups must show (SpamAssassin: 3 and 3)
inline constexpr double kMostAhead = 1.5;         // times the messages of the other class,
inline constexpr std::uint64_t kHeadStart = 100;  // and so many more

// What is to be learned of the scan. `learned`: the totals of whose memory it would be.
Autolearn autolearn_class(const Scan& scan, const Verdict& verdict, const conf::Learn& learn,
                          const LearnedTotals& learned);

}  // namespace xspamd
