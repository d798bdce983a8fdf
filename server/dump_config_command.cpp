// The command `dump-config`: the configuration in force as TOML that can be fed back, and the reference of
// all keys.
#include <fmt/format.h>

#include <array>

#include "conf/dump.h"
#include "conf/reference.h"
#include "server/commands.h"
#include "server/version.h"

namespace xspamd {

namespace {

constexpr std::array<Argument, 4> kArguments{
    {{"--origin", Argument::Kind::flag, "Show behind each value where it was written"},
     {"--rules", Argument::Kind::flag,
      "Also the rules, metas, maps, lists, groups and profiles that came with the program"},
     {"--default", Argument::Kind::flag, "Print every key with its default as comments instead"},
     {"--reference", Argument::Kind::flag, "Print the table of all keys instead, as Markdown"}}};

// What the program is without any configuration, whatever the one at hand says.
int print_reference(bool as_table) {
  Options plain;
  plain.config.clear();
  const auto loaded = load_plan(plain);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(loaded);
  const conf::Value& tree = plan.config.tree;
  fmt::print("{}",
             as_table ? conf::reference_table(plan.options, tree) : conf::default_file(plan.options, tree));
  return kFine;
}

int run(const Options& options) {
  const Arguments& given = options.arguments;
  if (given.flag("--default") || given.flag("--reference")) return print_reference(given.flag("--reference"));
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(loaded);
  const conf::DumpStyle style{given.flag("--origin"), given.flag("--rules")};
  fmt::print("# xspamd {}: the configuration in force{}\n", kVersion,
             style.rules ? "" : ", without the rules that came with the program");
  fmt::print("{}", conf::dump(plan.config, plan.options, style));
  return kFine;
}

}  // namespace

extern const Subcommand dump_config_command;
const Subcommand dump_config_command{.name = "dump-config",
                                     .about = "Print the configuration in force as TOML",
                                     .arguments = kArguments,
                                     .run = run};

}  // namespace xspamd
