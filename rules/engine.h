// The engine runs a Plan on one message: parse and choose the profile on the pool, then the phases before,
// scan, after; a profile may end the scan at once or switch checks off. Within a phase every check whose
// predecessors have ended is started; network checks first, all ready CPU checks as one job that gives the
// thread back after 5 ms. A check that throws becomes CHECK_FAILED[name]; one that finds no time left becomes
// CHECK_LATE[name]; neither touches the others. Always returns a verdict.
#pragma once

#include <memory>

#include "rules/io/dns.h"
#include "rules/io/pool.h"
#include "rules/learn/memory.h"
#include "rules/plan.h"
#include "rules/scan.h"

namespace xspamd {

// What a scan runs with.
struct Means {
  Pool& pool;
  std::shared_ptr<Dns> dns;
  Memory memory = {};
};

// Loop thread. The message's size and envelope are read from `request`, which moves into the scan.
Task<std::unique_ptr<Scan>> run_checks(std::shared_ptr<const Plan> plan, Request request, Means means,
                                       Deadline deadline);

}  // namespace xspamd
