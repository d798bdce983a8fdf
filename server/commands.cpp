#include "server/commands.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "conf/shipped.h"

namespace xspamd {

extern const Subcommand check_config_command;
extern const Subcommand dump_config_command;
extern const Subcommand list_checks_command;
extern const Subcommand list_symbols_command;
extern const Subcommand scan_command;
extern const Subcommand explain_command;
extern const Subcommand history_command;
extern const Subcommand bayes_export_command;
extern const Subcommand bayes_import_command;
extern const Subcommand keygen_command;
extern const Subcommand sign_command;
extern const Subcommand exim_config_command;
extern const Subcommand doctor_command;
extern const Subcommand spamd_command;

namespace {

void tell(const conf::Problems& problems) {
  for (const conf::Problem& problem : problems.list())
    fmt::print(stderr, "{}\n", to_string(problem));
}

conf::Sources sources_of(const Options& options) {
  conf::Sources sources;
  sources.file = options.config;
  sources.file_must_exist = options.config_given;
  sources.options = options.overrides;
  for (const conf::Shipped& shipped : conf::shipped_files()) {
    sources.shipped.push_back({std::string(shipped.name), std::string(shipped.text)});
  }
  return sources;
}

}  // namespace

std::span<const Subcommand* const> all_commands() {
  static constexpr std::array kCommands{
      &check_config_command, &dump_config_command, &list_checks_command, &list_symbols_command,
      &scan_command,         &explain_command,     &exim_config_command, &doctor_command,
      &keygen_command,       &sign_command,        &history_command,     &bayes_export_command,
      &bayes_import_command, &spamd_command,
  };
  return kCommands;
}

Planned plan_for(const Options& options, bool maps_may_fail) {
  conf::Loaded loaded = conf::load(sources_of(options));
  return make_plan(std::move(loaded.config), std::move(loaded.problems), all_checks(), maps_may_fail);
}

std::variant<std::shared_ptr<const Plan>, int> load_plan(const Options& options) {
  Planned planned = plan_for(options);
  tell(planned.problems);
  if (!planned.plan) return kBadConfig;
  return planned.plan;
}

}  // namespace xspamd
