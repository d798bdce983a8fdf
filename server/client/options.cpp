#include "server/client/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proto/base/text.h"
#include "server/client/exit_status.h"
#include "server/version.h"

namespace xspamd::client {

namespace {

// Before or behind the command, the same for every command.
struct ServerOptions {
  std::optional<std::string> host;
  std::optional<std::uint16_t> port;
  std::optional<std::string> socket;
  std::string user;
  std::int64_t timeout = TellOptions{}.timeout.count();
};

struct LearnCommand {
  std::string_view name;
  std::string_view about;
  Lesson lesson;
};

constexpr std::array<LearnCommand, 3> kLearnCommands{{
    {"learn-spam", "Tell the server that messages are spam", Lesson::spam},
    {"learn-ham", "Tell the server that messages are no spam", Lesson::ham},
    {"forget", "Make the server forget that it has learned messages", Lesson::forget},
}};

void add_server_options(CLI::App& app, ServerOptions& server) {
  constexpr std::int64_t kMostSeconds = 86'400;
  app.add_option("-d", server.host, "Host of the server (default 127.0.0.1)")->type_name("HOST[:PORT]");
  app.add_option("-p", server.port, fmt::format("Port of the server (default {})", Endpoint::kDefaultPort))
      ->check(CLI::Range(1, 65'535))
      ->type_name("PORT");
  app.add_option("-U", server.socket, "Unix socket of the server, instead of host and port")
      ->type_name("PATH");
  app.add_option("-u", server.user, "User on whose behalf the server is asked")->type_name("NAME");
  app.add_option("-t", server.timeout,
                 fmt::format("How long one message may take (default {})", server.timeout))
      ->check(CLI::Range(std::int64_t{1}, kMostSeconds))
      ->type_name("SECONDS");
}

void add_learn_command(CLI::App& app, const LearnCommand& command, LearnOptions& learn) {
  CLI::App* added = app.add_subcommand(std::string(command.name), std::string(command.about));
  added
      ->add_option("-c", learn.connections,
                   fmt::format("Connections at once (default {})", learn.connections))
      ->check(CLI::Range(1U, LearnOptions::kMostConnections))
      ->type_name("NUMBER");
  added->add_flag("-q", learn.quiet, "Tell nothing but trouble");
  added->add_flag("--verbose", learn.verbose, "Tell of every message: file, number in it, result");
  added
      ->add_option("FILE", learn.files,
                   "Messages, mbox files, Maildirs, folders of these, plain or packed by gzip or zstd; "
                   "none or -: standard input")
      ->type_name("");
  added->footer("The options of xspamc itself (-d, -p, -U, -u, -t) may stand here too.");
  added->callback([&learn, lesson = command.lesson] { learn.tell.lesson = lesson; });
}

Result<Endpoint> endpoint_of(const ServerOptions& server) {
  if (!server.socket) return parse_endpoint(server.host.value_or("127.0.0.1"), server.port);
  if (server.host || server.port) return fail(Errc::invalid, "-U stands instead of -d and -p");
  return socket_endpoint(*server.socket);
}

// What CLI11 does not check.
Result<TellOptions> tell_options(const ServerOptions& server, Lesson lesson) {
  if (std::ranges::any_of(server.user, is_control))
    return fail(Errc::invalid, fmt::format("-u: {} has control characters", xspamd::quoted(server.user)));
  auto endpoint = endpoint_of(server);
  if (!endpoint) return tl::unexpected<Error>(endpoint.error());
  return TellOptions{std::move(*endpoint), server.user, lesson, std::chrono::seconds(server.timeout)};
}

}  // namespace

Order parse_options(int argc, const char* const* argv) {
  ServerOptions server;
  LearnOptions learn;
  CLI::App app("xspamc: asks a running xspamd, or any server that speaks SpamAssassin's protocol.", "xspamc");
  app.set_version_flag("--version", fmt::format("xspamc {}", kVersion));
  add_server_options(app, server);
  // Said before the commands are added, which take it over: the options above may stand behind a command too.
  app.fallthrough();
  app.require_subcommand(1);
  for (const LearnCommand& command : kLearnCommands)
    add_learn_command(app, command, learn);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  auto tell = tell_options(server, learn.tell.lesson);
  if (!tell) {
    fmt::print(stderr, "xspamc: {}\n", tell.error().sentence);
    return kUsage;
  }
  learn.tell = std::move(*tell);
  return learn;
}

}  // namespace xspamd::client
