#include "server/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "server/version.h"

namespace xspamd {

namespace {

// The maps give each argument a place that stays.
void add_argument(CLI::App& command, const Argument& argument, Arguments& given) {
  const std::string name(argument.name);
  const std::string about(argument.about);
  switch (argument.kind) {
    case Argument::Kind::flag:
      command.add_flag(name, given.flags[name], about);
      return;
    case Argument::Kind::text:
      command.add_option(name, given.texts[name], about);
      return;
    case Argument::Kind::list:
      // One value for each time it is given: the next word is not its own.
      command.add_option(name, given.lists[name], about)->allow_extra_args(false);
      return;
    case Argument::Kind::words:
      command.add_option(name, given.lists[name], about)->required();
      return;
  }
}

void add_command(CLI::App& app, const Subcommand& subcommand, Options& options) {
  CLI::App* command = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.about));
  for (const auto& arguments : {subcommand.arguments, subcommand.shared}) {
    for (const Argument& argument : arguments)
      add_argument(*command, argument, options.arguments);
  }
  command->callback([&options, &subcommand] { options.command = &subcommand; });
}

template <class Map>
typename Map::mapped_type value_of(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

}  // namespace

bool Arguments::flag(std::string_view name) const {
  return value_of(flags, name);
}

std::string Arguments::text(std::string_view name) const {
  return value_of(texts, name);
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  return value_of(lists, name);
}

std::variant<Options, int> parse_options(int argc, char** argv, std::span<const Subcommand* const> commands) {
  Options options;
  CLI::App app("xspamd: a mail filter daemon for Exim. Without a command it serves, in the foreground.",
               "xspamd");
  app.set_version_flag("--version", fmt::format("xspamd {}", kVersion));
  CLI::Option* config =
      app.add_option("-c,--config", options.config, "Configuration file")->capture_default_str();
  app.add_option("-o", options.overrides, "Override one key: key=value, the value as TOML or a plain string")
      ->allow_extra_args(false);
  bool alone = false;
  app.add_flag("--no-supervisor", alone, "Serve in this process, for debugging");
  // Said before the commands are added, which take it over: --config and -o may stand behind a command too.
  app.fallthrough();
  app.require_subcommand(0, 1);
  for (const Subcommand* command : commands)
    add_command(app, *command, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  options.config_given = config->count() > 0;
  options.supervisor = !alone;
  return options;
}

}  // namespace xspamd
