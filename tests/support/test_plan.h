// Plans for tests: from options as `-o` takes them, with the shipped rules or without, with all checks or
// with checks that the test makes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rules/plan.h"

namespace xspamd::test {

using Options = std::vector<std::string>;

enum class Rules { shipped, none };

conf::Loaded load_options(const Options& options, Rules rules);

// What the daemon would run with these options; fails the test when it would refuse to start.
std::shared_ptr<const Plan> shipped_plan(const Options& options = {});
// What the options name alone: no shipped rules, and no checks that have symbols of their own but GTUBE.
std::shared_ptr<const Plan> bare_plan(const Options& options);
std::shared_ptr<const Plan> plan_of(std::span<const Check* const> checks, const Options& options = {});

// The problems that make_plan tells, one a line.
std::string plan_problems(std::span<const Check* const> checks, const Options& options = {});

}  // namespace xspamd::test
