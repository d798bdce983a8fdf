#include "server/client/options.h"

#include <catch2/catch.hpp>

#include "server/client/endpoint.h"
#include "tests/unit/server/client/parsing.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

LearnOptions learning(const std::vector<const char*>& words) {
  const Order order = parse(words);
  REQUIRE(std::holds_alternative<LearnOptions>(order));
  return std::get<LearnOptions>(order);
}

std::string endpoint_or_error(const Result<Endpoint>& endpoint) {
  return endpoint ? endpoint->text() : endpoint.error().sentence;
}

}  // namespace

TEST_CASE("xspamc options: what is not given is the default") {
  const LearnOptions options = learning({"learn-spam"});
  CHECK(options.tell.endpoint.text() == "127.0.0.1:11333");
  CHECK(options.tell.lesson == Lesson::spam);
  CHECK(options.tell.user.empty());
  CHECK(options.tell.timeout == std::chrono::seconds(120));
  CHECK(options.connections == 2);
  CHECK_FALSE((options.quiet || options.verbose));
  CHECK(options.files.empty());
}

TEST_CASE("xspamc options: those of the server stand before or behind the command") {
  for (const std::vector<const char*>& words : {std::vector{"-d", "::1", "-p", "783", "-u", "joe", "-t", "5",
                                                            "forget", "-c", "4", "-q", "a", "-", "b"},
                                                std::vector{"forget", "a", "-", "b", "-c", "4", "-q", "-d",
                                                            "::1", "-p", "783", "-u", "joe", "-t", "5"}}) {
    const LearnOptions options = learning(words);
    CHECK(options.tell.endpoint.text() == "[::1]:783");
    CHECK(options.tell.lesson == Lesson::forget);
    CHECK(options.tell.user == "joe");
    CHECK(options.tell.timeout == std::chrono::seconds(5));
    CHECK(options.connections == 4);
    CHECK(options.quiet);
    CHECK(options.files == std::vector<std::string>{"a", "-", "b"});
  }
  CHECK(learning({"learn-ham", "--verbose"}).tell.lesson == Lesson::ham);
  CHECK(learning({"-U", "/run/x.sock", "learn-ham"}).tell.endpoint.socket == "/run/x.sock");
  // Behind a command the name of another is a file.
  CHECK(learning({"learn-ham", "forget"}).files == std::vector<std::string>{"forget"});
  CHECK(learning({"learn-ham", "--", "-x"}).files == std::vector<std::string>{"-x"});
}

TEST_CASE("endpoint: host, port and their forms") {
  const std::pair<const char*, const char*> rows[] = {
      {"127.0.0.1", "127.0.0.1:11333"},
      {"127.0.0.1:783", "127.0.0.1:783"},
      {"mail.example.org:783", "mail.example.org:783"},
      {"::1", "[::1]:11333"},
      {"[::1]", "[::1]:11333"},
      {"[::1]:783", "[::1]:783"},
      {"", "-d: \"\" is no host such as 127.0.0.1 or [::1]:11333"},
      {":783", "-d: \":783\" is no host such as 127.0.0.1 or [::1]:11333"},
      {"[::1]783", "-d: \"[::1]783\" is no host such as 127.0.0.1 or [::1]:11333"},
      {"a b", "-d: \"a b\" is no host such as 127.0.0.1 or [::1]:11333"},
      {"host:0", "-d: \"host:0\" has no port of 1 to 65535 at its end"},
      {"host:65536", "-d: \"host:65536\" has no port of 1 to 65535 at its end"},
      {"host:", "-d: \"host:\" has no port of 1 to 65535 at its end"},
  };
  for (const auto& [text, want] : rows)
    CHECK(endpoint_or_error(parse_endpoint(text, std::nullopt)) == want);
  CHECK(endpoint_or_error(parse_endpoint("::1", 783)) == "[::1]:783");
  CHECK(endpoint_or_error(parse_endpoint("host:1", 783)) == "-d: \"host:1\" names a port and -p another");
}

TEST_CASE("endpoint: the path of a unix socket has to fit") {
  CHECK(endpoint_or_error(socket_endpoint("/run/x.sock")) == "/run/x.sock");
  CHECK(socket_endpoint("/" + std::string(106, 'x')));
  CHECK_FALSE(socket_endpoint("/" + std::string(107, 'x')));
  CHECK_FALSE(socket_endpoint(""));
}
