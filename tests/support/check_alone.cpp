#include "tests/support/check_alone.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/run_task.h"
#include "tests/support/zone_dns.h"

namespace xspamd::test {

std::unique_ptr<Scan> scan_alone(const Alone& alone, Request request,
                                 const std::function<void(Facts&)>& set_facts) {
  const auto plan = shipped_plan(alone.options);
  Prepared prepared = prepare(std::move(request), plan->config, *plan->suffixes);
  const Asking asking{std::make_shared<ZoneDns>(alone.zone), Deadline::max()};
  auto scan = std::make_unique<Scan>(std::move(prepared), Deadline::max(), asking);
  set_facts(scan->facts);
  const auto planned = std::find_if(plan->checks.begin(), plan->checks.end(), [&](const PlannedCheck& each) {
    return each.check->name == alone.check;
  });
  REQUIRE(planned != plan->checks.end());
  run_task(std::get<IoCheck>(planned->runner)(*scan));
  return scan;
}

}  // namespace xspamd::test
