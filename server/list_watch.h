// What the server does about DNS lists between messages: it tries their test entries at the start and once an
// hour, lets those rest that would name everybody, and writes down how they answered. Loop thread.
#pragma once

#include "rules/io/dns.h"
#include "rules/lists/list.h"
#include "server/log.h"

namespace xspamd {

inline constexpr std::chrono::minutes kListTrialEvery{60};

// Tries all lists; one warning for all that changed for the worse.
Task<> watch_lists(std::shared_ptr<Dns> dns, std::shared_ptr<const ListSet> set, Log& log);

// One line for each list that was asked since the start.
void log_lists(const ListSet& set, Log& log);

// What was learned of lists that are the same in both.
void keep_learned(const ListSet& from, const ListSet& to);

}  // namespace xspamd
