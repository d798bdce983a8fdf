// One check of the shipped plan, run alone on a scan whose facts a test has set, in a DNS of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rules/scan.h"
#include "tests/support/test_plan.h"

namespace xspamd::test {

struct Alone {
  std::string check;  // an IoCheck
  std::string_view zone;
  Options options = {};
};

// The scan after the check has run.
std::unique_ptr<Scan> scan_alone(const Alone& alone, Request request,
                                 const std::function<void(Facts&)>& set_facts);

}  // namespace xspamd::test
