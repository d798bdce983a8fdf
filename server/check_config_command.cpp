// The command `check-config`: whether a start would be refused, and why.
#include <fmt/format.h>

#include "server/commands.h"

namespace xspamd {

namespace {

int run(const Options& options) {
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(loaded);
  const std::string& file = plan.config.file;
  fmt::print("{}: fine; {} checks, {} symbols\n", file.empty() ? "built-in configuration" : file,
             plan.checks.size(), plan.symbols.size());
  return kFine;
}

}  // namespace

extern const Subcommand check_config_command;
const Subcommand check_config_command{
    .name = "check-config", .about = "Check the configuration and show what is wrong with it", .run = run};

}  // namespace xspamd
