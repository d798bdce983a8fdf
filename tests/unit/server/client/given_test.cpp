#include "server/client/given.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "server/client/options.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

Order parse(std::vector<const char*> words) {
  words.insert(words.begin(), {"xspamc", "-F", "/dev/null"});
  return parse_options(static_cast<int>(words.size()), words.data());
}

FilterOptions filtering(const std::vector<const char*>& words) {
  const Order order = parse(words);
  REQUIRE(std::holds_alternative<FilterOptions>(order));
  return std::get<FilterOptions>(order);
}

MarkOptions marking(const std::vector<const char*>& words) {
  const Order order = parse(words);
  REQUIRE(std::holds_alternative<MarkOptions>(order));
  return std::get<MarkOptions>(order);
}

ScanOptions scanning(std::vector<const char*> words) {
  words.insert(words.begin(), "xspamc");
  const Order order = parse_options(static_cast<int>(words.size()), words.data());
  REQUIRE(std::holds_alternative<ScanOptions>(order));
  return std::get<ScanOptions>(order);
}

std::string hosts(const RouteOptions& route) {
  std::string text;
  for (const Endpoint& host : route.hosts)
    text += (text.empty() ? "" : " ") + host.text();
  return text;
}

std::string why_not(const Given& given) {
  const auto options = filter_options(given);
  return options ? "fine" : options.error().sentence;
}

}  // namespace

TEST_CASE("xspamc without a command: spamc's defaults, but for the port") {
  const FilterOptions options = filtering({});
  CHECK(hosts(options.route) == "127.0.0.1:11333");
  CHECK(options.route.tries == 3);
  CHECK(options.route.pause == std::chrono::seconds(1));
  CHECK(options.route.connect_timeout == std::chrono::seconds(600));
  CHECK(options.timeout == std::chrono::seconds(600));
  CHECK(options.most_bytes == 512'000);
  CHECK(options.tries == 1);
  CHECK(options.command.empty());
  CHECK(command_of(options.wanted) == Command::process);
}

TEST_CASE("xspamc without a command: every option of spamc") {
  const FilterOptions options = filtering({"-d",
                                           "a,b",
                                           "-p",
                                           "783",
                                           "-H",
                                           "-u",
                                           "joe",
                                           "-s",
                                           "1000",
                                           "-t",
                                           "20",
                                           "-n",
                                           "5",
                                           "-B",
                                           "-z",
                                           "-l",
                                           "-f",
                                           "-4",
                                           "--connect-retries",
                                           "7",
                                           "--retry-sleep",
                                           "2",
                                           "--filter-retries",
                                           "4",
                                           "--filter-retry-sleep",
                                           "0",
                                           "-RE"});
  CHECK(hosts(options.route) == "a:783 b:783");
  CHECK(options.route.shuffled);
  CHECK(options.route.family == AF_INET);
  CHECK(options.route.tries == 7);
  CHECK(options.route.pause == std::chrono::seconds(2));
  CHECK(options.route.connect_timeout == std::chrono::seconds(5));
  CHECK_FALSE(options.route.first_only);
  CHECK(options.user == "joe");
  CHECK(options.most_bytes == 1'000);
  CHECK(options.timeout == std::chrono::seconds(20));
  CHECK(options.tries == 4);
  CHECK(options.pause == std::chrono::seconds(0));
  CHECK((options.batch && options.compress && options.log_to_stderr));
  CHECK((options.wanted.full && options.wanted.exit_code));
}

TEST_CASE("xspamc without a command: letters may be bundled, with a value at their end") {
  const FilterOptions options = filtering({"-cxXp783", "-dhost"});
  CHECK((options.wanted.check && options.wanted.strict && options.wanted.unavailable_is_temporary));
  CHECK(hosts(options.route) == "host:783");
  // As spamc: without its safe fall-back one host is asked alone.
  CHECK(options.route.first_only);
}

TEST_CASE("xspamc without a command: long names") {
  const FilterOptions options =
      filtering({"--dest=a", "--port=783", "--username=joe", "--max-size=10", "--timeout=0", "--check",
                 "--tests", "--full-spam", "--full", "--headers", "--exitcode", "--no-safe-fallback"});
  CHECK(hosts(options.route) == "a:783");
  // No limit is a day.
  CHECK(options.timeout == std::chrono::seconds(86'400));
  CHECK((options.wanted.check && options.wanted.tests && options.wanted.full_if_spam && options.wanted.full));
  CHECK((options.wanted.headers && options.wanted.strict));
  CHECK(filtering({"-L", "ham"}).wanted.lesson == Lesson::ham);
  CHECK(filtering({"--reporttype", "revoke"}).wanted.report == Report::revoke);
}

TEST_CASE("xspamc without a command: a socket counts more than host and port") {
  CHECK(hosts(filtering({"-U", "/run/x.sock", "-p", "783", "-d", "a"}).route) == "/run/x.sock");
}

TEST_CASE("xspamc: all behind -e is the command") {
  using Words = std::vector<std::string>;
  CHECK(filtering({"-d", "a", "-e", "/bin/cat", "-x", "--help"}).command ==
        Words{"/bin/cat", "-x", "--help"});
  const FilterOptions bundled = filtering({"-xRe", "/bin/cat"});
  CHECK(bundled.command == Words{"/bin/cat"});
  CHECK((bundled.wanted.full && bundled.wanted.strict));
  CHECK(filtering({"--pipe-to", "a", "b"}).command == Words{"a", "b"});
  CHECK(filtering({"--exec", "a 'b c'"}).command == Words{"a", "b c"});
}

TEST_CASE("xspamc --mime: what rspamc's LDA mode takes") {
  const MarkOptions options = marking({"--mime", "--json", "-x", "-s", "10", "-d", "::1", "--ip", "192.0.2.1",
                                       "--from", "bob@example.net", "--rcpt", "a@example.org", "--rcpt",
                                       "b@example.org", "--exec", "/usr/lib/dovecot/deliver -d joe"});
  CHECK(options.json);
  CHECK(options.strict);
  CHECK(options.most_bytes == 10);
  CHECK(hosts(options.ask.route) == "[::1]:11333");
  CHECK(options.ask.envelope.ip == "192.0.2.1");
  CHECK(options.ask.envelope.recipients == std::vector<std::string>{"a@example.org", "b@example.org"});
  CHECK(options.command == std::vector<std::string>{"/usr/lib/dovecot/deliver", "-d", "joe"});
  CHECK(marking({"-m"}).most_bytes == 50 * 1024 * 1024);
  CHECK(marking({"-m"}).ask.timeout == std::chrono::seconds(120));
}

TEST_CASE("xspamc scan: rspamc's letters for the envelope") {
  const ScanOptions options =
      scanning({"scan", "-i", "192.0.2.1", "-F", "bob@example.net", "-r", "a@example.org", "-r",
                "b@example.org", "--helo", "h", "--user", "joe", "-j", "-p", "783", "x.eml", "y.eml"});
  CHECK(options.json);
  CHECK(hosts(options.ask.route) == "127.0.0.1:783");
  CHECK(options.ask.envelope.sender == "bob@example.net");
  CHECK(options.ask.envelope.recipients.size() == 2);
  CHECK(options.ask.envelope.user == "joe");
  CHECK(options.files == std::vector<std::string>{"x.eml", "y.eml"});
  CHECK(scanning({"symbols"}).files.empty());
}

TEST_CASE("xspamc: a wrong use is none") {
  const std::vector<const char*> rows[] = {{"-Z"},
                                           {"scna"},
                                           {"-p", "0"},
                                           {"-s", "-1"},
                                           {"-s", "268435457"},
                                           {"-t", "x"},
                                           {"-L", "eggs"},
                                           {"-L", "spam", "-c"},
                                           {"-L", "spam", "-C", "report"},
                                           {"-4", "-6"},
                                           {"-d", "a,,b"},
                                           {"-d", "a:783", "-p", "783"},
                                           {"-u", "a\nb"},
                                           {"--ssl-ca-path", "/etc/ssl/certs"},
                                           {"-j"},
                                           {"--ip", "192.0.2.1"},
                                           {"--mime", "-c"},
                                           {"--mime", "--ip", "x"},
                                           {"--mime", "--exec", ""},
                                           {"--exec", "a", "-e", "b"},
                                           {"-e"}};
  for (const auto& words : rows) {
    INFO(words.front());
    const Order order = parse(words);
    REQUIRE(std::holds_alternative<int>(order));
    CHECK(std::get<int>(order) == 64);
  }
  // Nobody's option is passed over in silence.
  const std::vector<const char*> commands[] = {{"xspamc", "learn-spam", "-x"},
                                               {"xspamc", "-z", "scan"},
                                               {"xspamc", "scan", "--mime"},
                                               {"xspamc", "forget", "-H"},
                                               {"xspamc", "scan", "-e", "cat"}};
  for (const auto& words : commands) {
    INFO(words[1]);
    const Order order = parse_options(static_cast<int>(words.size()), words.data());
    REQUIRE(std::holds_alternative<int>(order));
    CHECK(std::get<int>(order) == 64);
  }
}

TEST_CASE("xspamc: a configuration file that is named must be there") {
  const char* words[] = {"xspamc", "-F", "/nonexistent"};
  CHECK(std::get<int>(parse_options(3, words)) == 78);
}

TEST_CASE("given: mistakes name the option and what was expected") {
  Given given;
  CHECK(why_not(given) == "fine");
  given.learn = "eggs";
  CHECK(why_not(given) == "-L: \"eggs\" is none of spam, ham, forget");
  given = {};
  given.report = "eggs";
  CHECK(why_not(given) == "-C: \"eggs\" is none of report, revoke");
  given = {};
  given.ca_file = "ca.pem";
  CHECK(why_not(given) == "--ssl-ca-file says something only with -S");
  given.tls = true;
  CHECK(why_not(given) == "fine");
  given.certificate = "own.pem";
  CHECK(why_not(given) == "--ssl-cert and --ssl-key go together");
  given = {};
  given.command_line = "'a";
  CHECK(why_not(given) == "--exec: \"'a\" has a quote that is not closed");
  given = {};
  given.host = "a,b";
  CHECK(tell_options(given).error().sentence == "-d: one server is taught at a time");
  std::string many = "a";
  for (int i = 0; i < 300; ++i)
    many += ",a";
  given.host = many;
  CHECK(why_not(given) == "-d: more than 256 hosts");
}

TEST_CASE("route: how connecting failed shows in the status") {
  CHECK(status_of_connect(ECONNREFUSED) == 69);
  CHECK(status_of_connect(ETIMEDOUT) == 69);
  CHECK(status_of_connect(EACCES) == 77);
  CHECK(status_of_connect(ENOENT) == 70);
}
