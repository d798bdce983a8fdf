#include "server/client/given.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "server/client/shell_words.h"

namespace xspamd::client {

namespace {

constexpr std::int64_t kMostSeconds = 86'400;
constexpr std::int64_t kMostTries = 1'000;
constexpr unsigned kAsks = kFilter | kMark | kScan;
constexpr unsigned kAll = kAsks | kLearn;

constexpr OptionRow kRows[] = {
    {"-d,--dest,--connect", &Given::host, kAll, "HOST[:PORT]",
     "The server, default 127.0.0.1; HOST,HOST: the next where one fails"},
    {"-p,--port", &Given::port, kAll, "PORT", "Port of the server (default 11333)", 1, 65'535},
    {"-U,--socket", &Given::socket, kAll, "PATH", "Unix socket of the server, instead of host and port"},
    {"-u,--username", &Given::user, kFilter | kLearn, "NAME", "User on whose behalf the server is asked"},
    {"-t,--timeout", &Given::timeout, kAll, "SECONDS",
     "How long one message may take (default 120, instead of spamc 600)", 0, kMostSeconds},
    {"-n,--connect-timeout", &Given::connect_timeout, kAsks, "SECONDS",
     "How long connecting may take (default: as -t)", 0, kMostSeconds},
    {"--connect-retries", &Given::connect_retries, kAsks, "NUMBER",
     "How often connecting is tried (default 3)", 0, kMostTries},
    {"--retry-sleep", &Given::retry_sleep, kAsks, "SECONDS", "Pause between these (default 1)", 0,
     kMostSeconds},
    {"-H,--randomize", &Given::shuffled, kAsks, "", "Begin with any of the hosts"},
    {"-4", &Given::v4, kAsks, "", "IPv4 only"},
    {"-6", &Given::v6, kAsks, "", "IPv6 only"},
    {"-S,--ssl", &Given::tls, kAll, "", "Speak TLS with the server"},
    {"--ssl-ca-file", &Given::ca_file, kAll, "FILE",
     "With -S: authorities that may vouch for the server; without them any certificate will do"},
    {"--ssl-ca-path", &Given::ca_path, kAll, "FOLDER",
     "With -S: authorities, a file each, named by openssl rehash"},
    {"--ssl-cert", &Given::certificate, kAll, "FILE", "With -S: a certificate of our own"},
    {"--ssl-key", &Given::key, kAll, "FILE", "Its key"},
    {"-F,--config", &Given::config, kFilter | kMark, "FILE",
     "Options stand in this file too (default /etc/xspamd/xspamc.conf)"},
    {"-s,--max-size", &Given::most_bytes, kFilter | kMark, "BYTES",
     "Larger mail is passed on as it is (default 512000, with --mime 52428800)", 0,
     static_cast<std::int64_t>(FilterOptions::kMostMessageBytes)},
    {"-x,--no-safe-fallback", &Given::strict, kFilter | kMark, "",
     "On failure nothing is printed, and the exit status says why"},
    {"--exec", &Given::command_line, kFilter | kMark, "COMMAND",
     "Pipe the output to a command and end with its status"},

    {"-c,--check", &Given::check, kFilter, "", "Print SCORE/THRESHOLD and end with 1 for spam"},
    {"-y,--tests", &Given::tests, kFilter, "", "Print the symbols"},
    {"-R,--full", &Given::full, kFilter, "", "Print a report"},
    {"-r,--full-spam", &Given::full_if_spam, kFilter, "", "Print a report if it is spam"},
    {"--headers", &Given::headers, kFilter, "", "Rewrite the header alone"},
    {"-E,--exitcode", &Given::exit_code, kFilter, "", "End with 1 for spam"},
    {"-K", &Given::ping, kFilter, "", "Ask whether the server is there"},
    {"-L,--learntype", &Given::learn, kFilter, "TYPE", "Tell that it is spam or ham, or forget it"},
    {"-C,--reporttype", &Given::report, kFilter, "TYPE", "report or revoke it"},
    {"-B,--bsmtp", &Given::batch, kFilter, "", "The input is batch SMTP"},
    {"-z,--compress", &Given::compress, kFilter, "", "Send the message compressed"},
    {"-X,--unavailable-tempfail", &Given::unavailable_is_temporary, kFilter, "",
     "With -x: end with 75 instead of 69"},
    {"--filter-retries", &Given::filter_retries, kFilter, "NUMBER", "How often a server is asked (default 1)",
     0, kMostTries},
    {"--filter-retry-sleep", &Given::filter_retry_sleep, kFilter, "SECONDS",
     "Pause between these (default 1)", 0, kMostSeconds},
    {"-l,--log-to-stderr", &Given::log_to_stderr, kFilter, "",
     "Tell of failures here, not in the system's log"},
    {"-f", &Given::obsolete, kFilter, "", "Says nothing any more"},

    {"-m,--mime", &Given::mime, kMark, "",
     "Print the mail with the verdict in X-Spam fields, as rspamc does"},
    {"-j,--json", &Given::json, kMark, "", "With X-Spam-Result: the verdict as JSON in base64"},
};

constexpr std::array<EnvelopeRow, 6> kEnvelopeRows{{
    {"--ip", "-i", &GivenEnvelope::ip, "Address of the client that sent the message"},
    {"--from", "-F", &GivenEnvelope::sender, "Envelope sender"},
    {"--helo", "", &GivenEnvelope::helo, "What the client said in HELO"},
    {"--hostname", "", &GivenEnvelope::hostname, "Verified name of the client"},
    {"--user", "", &GivenEnvelope::user, "Login of the client"},
    {"--queue-id", "", &GivenEnvelope::queue_id, "Id of the message in the mail server's queue"},
}};

std::optional<std::uint16_t> port_of(const Given& given) {
  return given.port ? std::optional(static_cast<std::uint16_t>(*given.port)) : std::nullopt;
}

// Zero is no limit.
std::chrono::seconds seconds(const Given::Number& number, std::int64_t otherwise) {
  const std::int64_t wanted = number.value_or(otherwise);
  return std::chrono::seconds(wanted == 0 ? kMostSeconds : wanted);
}

std::chrono::seconds pause(const Given::Number& number) {
  return std::chrono::seconds(number.value_or(1));
}

// As with spamc, a socket counts more than the host and port of a configuration file.
Result<std::vector<Endpoint>> hosts_of(const Given& given) {
  if (given.socket) {
    auto endpoint = socket_endpoint(*given.socket);
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    return std::vector{std::move(*endpoint)};
  }
  constexpr std::size_t kMostHosts = 256;  // as spamc's
  const std::string list = given.host.value_or("127.0.0.1");
  std::vector<Endpoint> hosts;
  for (const std::string_view host : split(list, ',')) {
    auto endpoint = parse_endpoint(trim(host), port_of(given));
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    hosts.push_back(std::move(*endpoint));
    if (hosts.size() > kMostHosts)
      return fail(Errc::limit, fmt::format("-d: more than {} hosts", kMostHosts));
  }
  return hosts;
}

// Whoever names an authority and forgets -S does not want mail to go unprotected, which spamc then does.
Result<std::optional<TlsOptions>> tls_of(const Given& given) {
  const std::pair<std::string_view, const Given::Text&> rows[] = {{"--ssl-ca-file", given.ca_file},
                                                                  {"--ssl-ca-path", given.ca_path},
                                                                  {"--ssl-cert", given.certificate},
                                                                  {"--ssl-key", given.key}};
  for (const auto& [name, value] : rows) {
    if (value && !given.tls) return fail(Errc::invalid, fmt::format("{} says something only with -S", name));
    if (value && value->empty()) return fail(Errc::invalid, fmt::format("{} names no file", name));
  }
  if (given.certificate.has_value() != given.key.has_value())
    return fail(Errc::invalid, "--ssl-cert and --ssl-key go together");
  if (!given.tls) return std::nullopt;
  return TlsOptions{given.ca_file.value_or(""), given.ca_path.value_or(""), given.certificate.value_or(""),
                    given.key.value_or("")};
}

Result<RouteOptions> route_options(const Given& given, std::int64_t timeout) {
  auto hosts = hosts_of(given);
  if (!hosts) return tl::unexpected<Error>(hosts.error());
  if (given.v4 && given.v6) return fail(Errc::invalid, "-4 and -6 leave no address");
  auto tls = tls_of(given);
  if (!tls) return tl::unexpected<Error>(tls.error());
  RouteOptions route;
  route.hosts = std::move(*hosts);
  route.tls = std::move(*tls);
  if (given.v4) route.family = AF_INET;
  if (given.v6) route.family = AF_INET6;
  route.shuffled = given.shuffled;
  const std::int64_t tries = given.connect_retries.value_or(0);
  if (tries > 0) route.tries = static_cast<unsigned>(tries);
  route.pause = pause(given.retry_sleep);
  route.connect_timeout =
      given.connect_timeout ? seconds(given.connect_timeout, 0) : seconds(given.timeout, timeout);
  return route;
}

Result<std::vector<std::string>> command_of(const Given& given) {
  if (!given.command_line) return given.command;
  if (!given.command.empty()) return fail(Errc::invalid, "--exec and -e name a command each");
  auto words = shell_words(*given.command_line);
  if (!words) return fail(Errc::invalid, fmt::format("--exec: {}", words.error().sentence));
  return words;
}

Result<void> check_user(const Given& given) {
  if (!given.user || std::ranges::none_of(*given.user, is_control)) return {};
  return fail(Errc::invalid, fmt::format("-u: {} has control characters", quoted(*given.user)));
}

Result<Wanted> wanted_of(const Given& given) {
  Wanted wanted;
  if (given.learn == "spam") wanted.lesson = Lesson::spam;
  if (given.learn == "ham") wanted.lesson = Lesson::ham;
  if (given.learn == "forget") wanted.lesson = Lesson::forget;
  if (given.learn && !wanted.lesson)
    return fail(Errc::invalid, fmt::format("-L: {} is none of spam, ham, forget", quoted(*given.learn)));
  if (given.report == "report") wanted.report = Report::report;
  if (given.report == "revoke") wanted.report = Report::revoke;
  if (given.report && !wanted.report)
    return fail(Errc::invalid, fmt::format("-C: {} is none of report, revoke", quoted(*given.report)));
  if (wanted.lesson &&
      (given.check || given.ping || given.full_if_spam || given.full || given.tests || given.report))
    return fail(Errc::invalid, "-L excludes -c, -K, -r, -R, -y and -C");
  wanted.check = given.check;
  wanted.full_if_spam = given.full_if_spam;
  wanted.full = given.full;
  wanted.tests = given.tests;
  wanted.ping = given.ping;
  wanted.headers = given.headers;
  wanted.exit_code = given.exit_code;
  wanted.strict = given.strict;
  wanted.unavailable_is_temporary = given.unavailable_is_temporary;
  return wanted;
}

}  // namespace

std::span<const OptionRow> option_rows() {
  return kRows;
}

std::span<const EnvelopeRow> envelope_rows() {
  return kEnvelopeRows;
}

Result<FilterOptions> filter_options(const Given& given) {
  FilterOptions options;
  auto route = route_options(given, options.timeout.count());
  auto wanted = wanted_of(given);
  auto command = command_of(given);
  if (!route) return tl::unexpected<Error>(route.error());
  if (!wanted) return tl::unexpected<Error>(wanted.error());
  if (!command) return tl::unexpected<Error>(command.error());
  if (auto fine = check_user(given); !fine) return tl::unexpected<Error>(fine.error());
  options.route = std::move(*route);
  options.route.first_only = given.strict;
  options.wanted = *wanted;
  options.command = std::move(*command);
  options.batch = given.batch;
  options.compress = given.compress;
  options.log_to_stderr = given.log_to_stderr;
  options.user = given.user.value_or("");
  if (given.most_bytes) options.most_bytes = static_cast<std::size_t>(*given.most_bytes);
  options.timeout = seconds(given.timeout, options.timeout.count());
  if (given.filter_retries) options.tries = static_cast<unsigned>(*given.filter_retries);
  options.pause = pause(given.filter_retry_sleep);
  return options;
}

Result<AskOptions> ask_options(const Given& given) {
  AskOptions options;
  auto route = route_options(given, options.timeout.count());
  if (!route) return tl::unexpected<Error>(route.error());
  if (auto fine = check(given.envelope); !fine) return tl::unexpected<Error>(fine.error());
  options.route = std::move(*route);
  options.envelope = given.envelope;
  options.timeout = seconds(given.timeout, options.timeout.count());
  return options;
}

Result<MarkOptions> mark_options(const Given& given) {
  auto ask = ask_options(given);
  auto command = command_of(given);
  if (!ask) return tl::unexpected<Error>(ask.error());
  if (!command) return tl::unexpected<Error>(command.error());
  MarkOptions options;
  options.ask = std::move(*ask);
  options.json = given.json;
  options.strict = given.strict;
  if (given.most_bytes) options.most_bytes = static_cast<std::size_t>(*given.most_bytes);
  options.command = std::move(*command);
  return options;
}

Result<TellOptions> tell_options(const Given& given) {
  if (auto fine = check_user(given); !fine) return tl::unexpected<Error>(fine.error());
  if (given.socket && (given.host || given.port))
    return fail(Errc::invalid, "-U stands instead of -d and -p");
  if (given.timeout == 0) return fail(Errc::invalid, "-t: 0 seconds are too few to learn in");
  auto hosts = hosts_of(given);
  if (!hosts) return tl::unexpected<Error>(hosts.error());
  if (hosts->size() > 1) return fail(Errc::invalid, "-d: one server is taught at a time");
  auto tls = tls_of(given);
  if (!tls) return tl::unexpected<Error>(tls.error());
  TellOptions options;
  options.endpoint = std::move(hosts->front());
  options.tls = std::move(*tls);
  options.user = given.user.value_or("");
  options.timeout = seconds(given.timeout, options.timeout.count());
  return options;
}

}  // namespace xspamd::client
