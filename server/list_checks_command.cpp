// The command `list-checks`: every check there is, whether it runs, and its options with their defaults.
#include <fmt/format.h>

#include <algorithm>

#include "server/commands.h"

namespace xspamd {

namespace {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::before:
      return "before";
    case Phase::scan:
      return "scan";
    case Phase::after:
      return "after";
  }
  return "";
}

// A check that is off stands in the plan all the same when a profile switches it on.
std::string_view state(const Check& check, const Plan& plan) {
  const conf::Value* value = conf::find(plan.config.tree, fmt::format("checks.{}.enabled", check.name));
  const bool* enabled = value == nullptr ? nullptr : std::get_if<bool>(&value->data);
  if (enabled == nullptr || *enabled) return "on";
  const bool planned = std::any_of(plan.checks.begin(), plan.checks.end(),
                                   [&](const PlannedCheck& other) { return other.check == &check; });
  return planned ? "off, but on in a profile" : "off";
}

void show(const Check& check, const Plan& plan) {
  fmt::print("{:<12} {:<6} {:<3} {}\n", check.name, name(check.phase), state(check, plan), check.about);
  const auto options = plan.options.find(check.name);
  if (options == plan.options.end()) return;
  for (const conf::Section::Option& option : options->second) {
    const std::string text =
        option.preset.empty() ? option.key : fmt::format("{} = {}", option.key, option.preset);
    fmt::print("    {:<32} {}\n", text, option.about);
  }
}

int run(const Options& options) {
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(loaded);
  for (const Check* check : all_checks())
    show(*check, plan);
  return kFine;
}

}  // namespace

extern const Subcommand list_checks_command;
const Subcommand list_checks_command{
    .name = "list-checks", .about = "List the checks with their options and defaults", .run = run};

}  // namespace xspamd
