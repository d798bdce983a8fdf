#include "server/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "server/version.h"

namespace xspamd {

namespace {

void add_scan(CLI::App& app, Options& options) {
  ScanOptions& scan = options.scan;
  CLI::App* command =
      app.add_subcommand("scan", "Scan messages without a running server and show the verdicts");
  command->add_option("FILE", scan.files, "Messages; - is standard input")->required();
  command->add_option("--ip", scan.ip, "Address of the client that sent the message");
  command->add_option("--from", scan.from, "Envelope sender");
  command->add_option("--rcpt", scan.recipients, "Envelope recipient; may be repeated");
  command->add_option("--helo", scan.helo, "HELO name of the client");
  command->add_option("--hostname", scan.hostname, "Verified reverse name of the client");
  command->add_option("--user", scan.user, "Login of an authenticated sender");
  command->add_flag("--local", scan.local, "Ask no DNS");
  command->add_flag("--json", scan.json, "Print the object that rspamd's /checkv2 answers");
  command->add_flag("--exit-code", scan.exit_code, "Exit with 1 when a message is spam");
  command->add_flag("--verbose", scan.verbose, "Show how the scan went");
  command->callback([&options] { options.command = Options::Command::scan; });
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
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
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_subcommand("check-config", "Check the configuration and show what is wrong with it")
      ->callback([&options] { options.command = Options::Command::check_config; });
  add_scan(app, options);
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
