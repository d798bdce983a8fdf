// From hits to a Verdict: pure arithmetic in thousandths: the hits, then the metas on them and what these
// take, then the caps of groups. A scan that a decision cut short has no metas: what did not run would be
// taken for what did not hit. The total is the sum rounded down to a tenth; the difference is the line
// ROUNDING, so that the scores add up to the total and rounding crosses no threshold. The action is the most
// severe one whose threshold the total reaches.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rules/plan.h"
#include "rules/scan.h"

namespace xspamd {

Verdict score(const Plan& plan, const Scan& scan);

// What is answered when there was no scan, by actions.on_failure: NOT_SCANNED[why].
Verdict failure_verdict(const conf::Config& config, std::string_view why);
// "no action" with one service symbol: SKIPPED, LIMIT_MESSAGE[...].
Verdict passing_verdict(const conf::Config& config, std::string_view symbol, std::string option);

// The threshold that stands second in Metric: `action`'s, else the highest that is on, else 9999.9.
Points required_points(const Thresholds& thresholds, Action action);
Points required_points(const conf::Actions& actions, Action action);
Thresholds thresholds_in(const conf::Actions& actions);

// Symbols that tell about the scan itself; all score 0 or what the arithmetic gives them.
std::span<const Symbol> service_symbols();

}  // namespace xspamd
