#include "tests/support/test_plan.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/shipped.h"

namespace xspamd::test {

namespace {

std::string rendered(const conf::Problems& problems) {
  std::string text;
  for (const conf::Problem& problem : problems.list())
    text += fmt::format("{}{}", text.empty() ? "" : "\n", to_string(problem));
  return text;
}

// Checks that hit only what the options of a test, or GTUBE, make them hit.
std::vector<const Check*> bare_checks() {
  std::vector<const Check*> bare;
  for (const Check* check : all_checks()) {
    if (check->name == "gtube" || check->name == "rules" || check->name == "maps") bare.push_back(check);
  }
  return bare;
}

std::shared_ptr<const Plan> sound_plan(conf::Loaded loaded, std::span<const Check* const> checks) {
  Planned planned = make_plan(std::move(loaded.config), std::move(loaded.problems), checks);
  if (!planned.plan) FAIL(rendered(planned.problems));
  return planned.plan;
}

}  // namespace

conf::Loaded load_options(const Options& options, Rules rules) {
  conf::Sources sources;
  sources.options = options;
  if (rules == Rules::none) return conf::load(sources);
  for (const conf::Shipped& shipped : conf::shipped_files()) {
    sources.shipped.push_back({std::string(shipped.name), std::string(shipped.text)});
  }
  return conf::load(sources);
}

std::shared_ptr<const Plan> shipped_plan(const Options& options) {
  return sound_plan(load_options(options, Rules::shipped), all_checks());
}

std::shared_ptr<const Plan> bare_plan(const Options& options) {
  return sound_plan(load_options(options, Rules::none), bare_checks());
}

std::shared_ptr<const Plan> plan_of(std::span<const Check* const> checks, const Options& options) {
  return sound_plan(load_options(options, Rules::none), checks);
}

std::string plan_problems(std::span<const Check* const> checks, const Options& options) {
  conf::Loaded loaded = load_options(options, Rules::none);
  const Planned planned = make_plan(std::move(loaded.config), std::move(loaded.problems), checks);
  CHECK(planned.problems.failed() == (planned.plan == nullptr));
  return rendered(planned.problems);
}

}  // namespace xspamd::test
