#include "server/spamd_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view line) {
  Words words;
  for (const std::string_view word : split(line, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

SpamdSettings parse(const Words& words) {
  auto settings = parse_spamd_options(words, "/srv");
  INFO((settings ? "" : settings.error().sentence));
  REQUIRE(settings);
  return std::move(*settings);
}

// The value that counts: the last.
std::string value(const SpamdSettings& settings, std::string_view key) {
  std::string found = "(not set)";
  for (const std::string& override_ : settings.overrides) {
    if (override_.starts_with(key) && override_[key.size()] == '=') found = override_.substr(key.size() + 1);
  }
  return found;
}

std::string mistake(const Words& words) {
  const auto settings = parse_spamd_options(words, "/srv");
  return settings ? "none" : settings.error().sentence;
}

}  // namespace

TEST_CASE("spamd options: what is set where nothing is given") {
  const SpamdSettings settings = parse({});
  CHECK(settings.overrides == Words{"server.listen=[\"localhost:783\"]", "log.target=\"syslog\"",
                                    "log.format=\"spamd\"", "learn.allow=[]"});
  CHECK_FALSE(settings.daemonize);
  CHECK(settings.notes.empty());
}

TEST_CASE("spamd options: each that means something here sets its key") {
  struct Row {
    std::string_view line;
    std::string_view key;
    std::string_view value;
  };
  const Row rows[] = {
      {"-p 1783", "server.listen", R"(["localhost:1783"])"},
      {"--port=1783 -i 127.0.0.2", "server.listen", R"(["127.0.0.2:1783"])"},
      {"-i 127.0.0.2:99 -i ::1 -i [::1]:98", "server.listen", R"(["127.0.0.2:99", "[::1]:783", "[::1]:98"])"},
      {"-i", "server.listen", R"(["0.0.0.0:783", "[::]:783"])"},
      {"-i -x", "server.listen", R"(["0.0.0.0:783", "[::]:783"])"},
      {"-4 -i *", "server.listen", R"(["0.0.0.0:783"])"},
      {"-4", "server.listen", R"(["127.0.0.1:783"])"},
      {"-4 -6", "server.listen", R"(["[::1]:783"])"},
      {"-i /run/s.sock", "server.listen", R"(["unix:/run/s.sock"])"},
      {"--socketpath=s.sock", "server.listen", R"(["unix:/srv/s.sock"])"},
      {"--socketpath /s -i 127.0.0.1", "server.listen", R"(["127.0.0.1:783", "unix:/s"])"},
      {"--socketmode=0660", "server.socket_mode", "\"0660\""},
      {"--socketgroup mail", "server.socket_group", "\"mail\""},
      {"-A 10.,192.0.2.0/24 -A 2001:db8::/32", "server.allow",
       R"(["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"])"},
      {"-A 10.1.2.", "server.allow", R"(["10.1.2.0/24"])"},
      {"-A 127.0.0.1", "learn.allow", "[]"},
      {"-A 127.0.0.1 -l", "learn.allow", R"(["127.0.0.1", "unix"])"},
      {"--allow-tell", "learn.allow", R"(["127.0.0.0/8", "::1", "unix"])"},
      {"-u nobody", "server.user", "\"nobody\""},
      {"-g mail", "server.group", "\"mail\""},
      {"-r /run/s.pid", "server.pid_file", "\"/run/s.pid\""},
      {"--pidfile=s.pid", "server.pid_file", "\"/srv/s.pid\""},
      {"--pid s.pid", "server.pid_file", "\"/srv/s.pid\""},
      {"-s stderr", "log.target", "\"stderr\""},
      {"-s null", "log.target", "\"file:/dev/null\""},
      {"-s log/spamd.log", "log.target", "\"file:/srv/log/spamd.log\""},
      {"-s local5", "log.target", "\"syslog\""},
      {"-D", "log.level", "\"debug\""},
      {"-D all -x", "log.level", "\"debug\""},
      {"-Dall", "log.level", "\"debug\""},
      {"-L", "checks.dkim.enabled", "false"},
      {"--local", "checks.lists.enabled", "false"},
      {"--nolocal", "checks.lists.enabled", "(not set)"},
      {"-T 5", "limits.idle", "\"5s\""},
      {"--timeout-child=0", "limits.session", "\"86400s\""},
      {"-p 1 -o spamc.required=5.5", "spamc.required", "5.5"},
      {"-o log.format=text", "log.format", "text"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    CHECK(value(parse(words_of(row.line)), row.key) == row.value);
  }
}

TEST_CASE("spamd options: of added configuration the threshold is understood") {
  CHECK(value(parse({"--cf", "required_score 4.25"}), "spamc.required") == "4.2");
  CHECK(parse({"--cf=required_score 4"}).notes.empty());
  CHECK(mistake({"--cf", "required_score high"}) ==
        "--cf: \"required_score high\" is no setting of required_score");
  CHECK(parse({"--cf", "use_bayes 0"}).notes ==
        Words{"--cf \"use_bayes 0\": SpamAssassin's rules and settings are not read"});
}

TEST_CASE("spamd options: with --ssl every address speaks TLS, a unix socket does not") {
  const auto listen =
      value(parse(words_of("--ssl -i 127.0.0.1 --ssl-port 784 --socketpath /run/s")), "server.listen");
  CHECK(listen == R"(["tls:127.0.0.1:784", "unix:/run/s"])");
  CHECK(value(parse(words_of("--ssl --server-cert /c")), "server.tls_certificate") == R"("/c")");
  CHECK(value(parse(words_of("--ssl --server-key /k")), "server.tls_key") == R"("/k")");
}

TEST_CASE("spamd options: what does nothing says so, in a line each") {
  // As Debian's unit and SpamAssassin's own tests have them.
  CHECK(parse(words_of("--pidfile=/run/spamd.pid --create-prefs --max-children 5 --helper-home-dir")).notes ==
        Words{"--create-prefs is ignored: there are no preference files of users; see profiles",
              "--max-children is ignored: one process serves many connections at once",
              "--helper-home-dir is ignored: no helper program runs"});
  CHECK(parse(words_of("-D -x -s stderr -C rules --siteconfigpath site -p 783 -A 127.0.0.1 -i 127.0.0.1"))
            .notes.size() == 2);
  CHECK(parse(words_of("-H -u nobody")).user == "nobody");
  CHECK(parse(words_of(
                  "-c -m1 --min-children=1 --min-spare 1 --max-spare 2 --max-conn-per-child 9 --round-robin "
                  "-q -Q -v -P -U nobody -H /h --virtual-config-dir=/v --ldap-config --noldap-config "
                  "--socketowner x --server-cert c --server-key k --timing -S --pre x"))
            .notes.size() == 19);
  CHECK(parse(words_of("-x --nouser-config --no-user-config")).notes.empty());
}

TEST_CASE("spamd options: letters are bundled, the last may have a value") {
  const SpamdSettings settings = parse(words_of("-dxLlm5 -p1783 -r/run/s.pid"));
  CHECK(settings.daemonize);
  CHECK(value(settings, "server.listen") == R"(["localhost:1783"])");
  CHECK(value(settings, "server.pid_file") == "\"/run/s.pid\"");
  CHECK(value(settings, "learn.allow") != "[]");
  CHECK_FALSE(parse(words_of("-d --nodaemonize")).daemonize);
}

TEST_CASE("spamd options: mistakes name the option, and the nearest") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"--pord 3", "--pord is no option of spamd; --port is"},
      {"-W", "-W is no option of spamd"},
      {"-xW", "-W is no option of spamd"},
      {"word", "\"word\" is no option of spamd"},
      {"--", "-- is no option of spamd"},
      {"--max 3", "--max may be --max-children or --max-spare"},
      {"-p", "--port takes a value"},
      {"-p 0", "--port: \"0\" is no port of 1 to 65535"},
      {"-p spamd", "--port: \"spamd\" is no port of 1 to 65535"},
      {"--local=yes", "--local takes no value"},
      {"-T soon", "--timeout-tcp: \"soon\" is no number of seconds up to 86400"},
      {"-A 10.0.0", "--allowed-ips: \"10.0.0\" is no address or network"},
      {"-A 300.", "--allowed-ips: \"300.\" is no address or network"},
      {"-i ssl:127.0.0.1", "--listen: TLS is for all addresses or none: give --ssl instead"},
      {"--noport", "--noport is no option of spamd; --port is"},
  };
  for (const auto& [line, want] : rows)
    CHECK(mistake(words_of(line)) == want);
}

TEST_CASE("spamd options: no value gets out of its quotes") {
  CHECK(value(parse({"-u", "a\"\nb\\"}), "server.user") == R"("a\"\u000ab\\")");
}

TEST_CASE("spamd options: help and version") {
  CHECK(parse({"-h"}).wish == SpamdSettings::Wish::help);
  CHECK(parse({"-V"}).wish == SpamdSettings::Wish::version);
  const std::string help = spamd_options_help();
  CHECK(help.find("  --max-children, -m                           ignored: one process") !=
        std::string::npos);
}
