#include "server/spamd_option_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/ip.h"
#include "proto/base/text.h"
#include "server/toml_text.h"

namespace xspamd {

namespace {

using Given = SpamdGiven;
using Option = SpamdOption;
using Value = SpamdValue;

constexpr std::string_view kRules = "SpamAssassin's rules and settings are not read";
constexpr std::string_view kChildren = "one process serves many connections at once";
constexpr std::string_view kPreferences = "there are no preference files of users; see profiles";
constexpr std::string_view kNoClientCertificates = "clients need no certificate";

void set(Given& given, std::string_view key, std::string_view value) {
  given.settings.overrides.push_back(fmt::format("{}={}", key, value));
}

std::string absolute(const Given& given, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", given.folder, path);
}

using Done = Result<void>;

Done wrong(std::string_view value, std::string_view wanted) {
  return fail(Errc::invalid, fmt::format("{} is no {}", quoted(value), wanted));
}

Done take_port(Given& given, std::string_view value) {
  constexpr std::uint64_t kMostPort = 65'535;
  const auto port = parse_unsigned(value);
  if (!port || *port == 0 || *port > kMostPort) return wrong(value, "port of 1 to 65535");
  given.port = value;
  return {};
}

Done take_listen(Given& given, std::string_view value) {
  for (const std::string_view address : split(value, ',')) {
    // Never in the clear what was meant to be hidden.
    if (istarts_with(address, "ssl:"))
      return fail(Errc::invalid, "TLS is for all addresses or none: give --ssl instead");
    given.addresses.emplace_back(address.empty() ? "*" : address);
  }
  return {};
}

Done take_ssl(Given& given, std::string_view) {
  given.tls = true;
  return {};
}

Done take_certificate(Given& given, std::string_view value) {
  set(given, "server.tls_certificate", toml(absolute(given, value)));
  return {};
}

Done take_key(Given& given, std::string_view value) {
  set(given, "server.tls_key", toml(absolute(given, value)));
  return {};
}

// "10.1." as spamd has it is 10.1.0.0/16.
std::string network(std::string_view text) {
  if (!text.ends_with('.')) return std::string(text);
  const auto parts = std::count(text.begin(), text.end(), '.');
  std::string address(text.substr(0, text.size() - 1));
  for (auto i = parts; i < 4; ++i)
    address += ".0";
  return fmt::format("{}/{}", address, parts * 8);
}

Done take_allowed(Given& given, std::string_view value) {
  for (const std::string_view text : split(value, ',')) {
    const std::string allowed = network(trim(text));
    if (!Network::parse(allowed)) return wrong(text, "address or network");
    given.allow.push_back(allowed);
  }
  return {};
}

Done take_timeout(Given& given, std::string_view key, std::string_view value) {
  constexpr std::uint64_t kMost = 86'400;
  const auto seconds = parse_unsigned(value);
  if (!seconds || *seconds > kMost) return wrong(value, "number of seconds up to 86400");
  set(given, key, toml(fmt::format("{}s", *seconds == 0 ? kMost : *seconds)));
  return {};
}

Done take_log(Given& given, std::string_view value) {
  if (value == "stderr") {
    given.log_target = value;
  } else if (value == "null") {
    given.log_target = "file:/dev/null";
  } else if (value.find_first_of("/.") != std::string_view::npos) {  // as spamd tells a file from a facility
    given.log_target = "file:" + absolute(given, value);
  } else {
    given.log_target = "syslog";
    if (value != "mail")
      given.settings.notes.push_back(fmt::format("--syslog {}: the facility is mail", printable(value)));
  }
  return {};
}

// Of the lines of configuration that tests and scripts add, one means something here too.
Done take_line(Given& given, std::string_view value) {
  constexpr std::string_view kRequired = "required_score";
  const std::string_view line = trim(value);
  if (line.starts_with(kRequired)) {
    const auto score = parse_double(trim(line.substr(kRequired.size())));
    if (!score) return wrong(value, "setting of required_score");
    set(given, "spamc.required", fmt::format("{:.1f}", *score));
    return {};
  }
  given.settings.notes.push_back(fmt::format("--cf {}: {}", quoted(value), kRules));
  return {};
}

Done take_local(Given& given, std::string_view) {
  for (const std::string_view check : {"spf", "dkim", "dmarc", "arc", "lists", "hosts"})
    set(given, fmt::format("checks.{}.enabled", check), "false");
  return {};
}

// Each as simple as it looks.
Done take_user(Given& given, std::string_view value) {
  given.settings.user = value;
  set(given, "server.user", toml(value));
  return {};
}
Done take_group(Given& given, std::string_view value) {
  given.settings.group = value;
  set(given, "server.group", toml(value));
  return {};
}
Done take_pid_file(Given& given, std::string_view value) {
  set(given, "server.pid_file", toml(absolute(given, value)));
  return {};
}
Done take_socket(Given& given, std::string_view value) {
  given.socket = absolute(given, value);
  return {};
}
Done take_socket_mode(Given& given, std::string_view value) {
  set(given, "server.socket_mode", toml(value));
  return {};
}
Done take_socket_group(Given& given, std::string_view value) {
  set(given, "server.socket_group", toml(value));
  return {};
}
Done take_idle(Given& given, std::string_view value) {
  return take_timeout(given, "limits.idle", value);
}
Done take_session(Given& given, std::string_view value) {
  return take_timeout(given, "limits.session", value);
}
Done take_debug(Given& given, std::string_view) {
  set(given, "log.level", "\"debug\"");
  return {};
}
Done take_override(Given& given, std::string_view value) {
  given.settings.overrides.emplace_back(value);
  return {};
}
Done take_config(Given& given, std::string_view value) {
  given.settings.config = absolute(given, value);
  return {};
}
Done take_tell(Given& given, std::string_view) {
  given.tell = true;
  return {};
}
Done take_v4(Given& given, std::string_view) {
  given.only_v4 = true;
  given.only_v6 = false;
  return {};
}
Done take_v6(Given& given, std::string_view) {
  given.only_v6 = true;
  given.only_v4 = false;
  return {};
}
Done take_help(Given& given, std::string_view) {
  given.settings.wish = SpamdSettings::Wish::help;
  return {};
}
Done take_version(Given& given, std::string_view) {
  given.settings.wish = SpamdSettings::Wish::version;
  return {};
}
Done take_nothing(Given&, std::string_view) {
  return {};
}

constexpr Option kOptions[] = {
    {"port p", Value::text, take_port, "the port of server.listen; 783 where none is given"},
    {"listen listen-ip ip-address i", Value::optional, take_listen,
     "server.listen: ADDRESS, ADDRESS:PORT, * or a path; localhost where none is given"},
    {"4 ipv4only ipv4-only ipv4", Value::none, take_v4, "server.listen: 127.0.0.1"},
    {"6", Value::none, take_v6, "server.listen: [::1]"},
    {"socketpath", Value::text, take_socket, "server.listen: a unix socket"},
    {"socketmode", Value::text, take_socket_mode, "server.socket_mode"},
    {"socketgroup", Value::text, take_socket_group, "server.socket_group"},
    {"socketowner", Value::text, nullptr, "the socket belongs to who starts the server; use --socketgroup"},
    {"allowed-ips A", Value::text, take_allowed, "server.allow, and with --allow-tell learn.allow"},
    {"allow-tell l", Value::none, take_tell, "learn.allow; without it TELL is refused"},
    {"username u", Value::text, take_user, "server.user"},
    {"groupname g", Value::text, take_group, "server.group; that of the user where none is given"},
    {"pidfile r", Value::text, take_pid_file, "server.pid_file"},
    {"daemonize d", Value::negatable, take_daemonize,
     "serve in the background; ends when the server is ready"},
    {"syslog s", Value::text, take_log, "log.target: stderr, null, a file, else syslog"},
    {"debug D", Value::optional, take_debug, "log.level = debug"},
    {"local L", Value::negatable, take_local, "no check that asks the DNS: spf dkim dmarc arc lists hosts"},
    {"timeout-tcp T", Value::text, take_idle, "limits.idle"},
    {"timeout-child t", Value::text, take_session, "limits.session"},
    {"cf", Value::text, take_line, "required_score N is spamc.required; all else is ignored"},
    {"nouser-config no-user-config x", Value::none, take_nothing, "as it is here"},
    {"config", Value::text, take_config, "the configuration of xspamd, default /etc/xspamd/xspamd.toml"},
    {"o", Value::text, take_override, "key=value of that configuration"},
    {"help h", Value::none, take_help, "this list"},
    {"version V", Value::none, take_version, "the version"},
    {"ssl", Value::none, take_ssl, "server.listen: tls: addresses"},
    {"ssl-port", Value::text, take_port, "the port of server.listen, as -p"},
    {"server-cert", Value::text, take_certificate, "server.tls_certificate"},
    {"server-key", Value::text, take_key, "server.tls_key"},

    {"ssl-verify", Value::none, nullptr, kNoClientCertificates},
    {"ssl-ca-file", Value::text, nullptr, kNoClientCertificates},
    {"ssl-ca-path", Value::text, nullptr, kNoClientCertificates},
    {"max-children m", Value::text, nullptr, kChildren},
    {"min-children", Value::text, nullptr, kChildren},
    {"min-spare", Value::text, nullptr, kChildren},
    {"max-spare", Value::text, nullptr, kChildren},
    {"max-conn-per-child", Value::text, nullptr, kChildren},
    {"round-robin", Value::negatable, nullptr, kChildren},
    {"configpath C", Value::text, nullptr, kRules},
    {"siteconfigpath", Value::text, nullptr, kRules},
    {"pre", Value::text, nullptr, kRules},
    {"user-config", Value::none, nullptr, kPreferences},
    {"create-prefs c", Value::negatable, nullptr, kPreferences},
    {"virtual-config-dir", Value::text, nullptr, kPreferences},
    {"vpopmail v", Value::negatable, nullptr, kPreferences},
    {"sql-config q", Value::negatable, nullptr, kPreferences},
    {"setuid-with-sql Q", Value::none, nullptr, kPreferences},
    {"ldap-config", Value::negatable, nullptr, kPreferences},
    {"setuid-with-ldap", Value::none, nullptr, kPreferences},
    {"default-user U", Value::text, nullptr, "all mail is scanned as server.user"},
    {"paranoid P", Value::negatable, nullptr, "all mail is scanned as server.user"},
    {"helper-home-dir H", Value::optional, nullptr, "no helper program runs"},
    {"syslog-socket", Value::text, nullptr, "the C library knows where the system's log is"},
    {"log-timestamp-fmt", Value::optional, nullptr, "times are written one way"},
    {"timing", Value::none, nullptr, "each log line has the time of its scan"},
    {"stop-at-threshold S", Value::none, nullptr, "spamd ignores it too"},
};

}  // namespace

Result<void> take_daemonize(SpamdGiven& given, std::string_view value) {
  given.settings.daemonize = value != "no";
  return {};
}

std::span<const SpamdOption> spamd_options() {
  return kOptions;
}

}  // namespace xspamd
