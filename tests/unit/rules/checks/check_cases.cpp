#include "tests/unit/rules/checks/check_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "tests/support/scanning.h"
#include "tests/support/test_plan.h"

namespace xspamd::test {

std::string hits_of(std::string_view check, const CheckCase& row, std::string_view without) {
  static const auto plan = shipped_plan();
  const Prepared prepared =
      prepare(request_of(row.header + "\n", row.envelope), plan->config, *plan->suffixes);
  const Mail mail{prepared.request, *prepared.message, prepared.origin, kCaseTime};
  for (const PlannedCheck& planned : plan->checks) {
    if (planned.check->name != check) continue;
    Hits hits = std::get<CpuCheck>(planned.runner)(mail, Deadline::max());
    std::erase_if(hits.list, [&](const Hit& hit) {
      const auto names = split(without, ' ');
      return std::find(names.begin(), names.end(), hit.symbol) != names.end();
    });
    return rendered(hits);
  }
  FAIL("no check " << check);
  return {};
}

}  // namespace xspamd::test
