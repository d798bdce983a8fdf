#include "server/history_command.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

// Behind the time, which is that of the machine; runs of blanks as one.
std::string shown(std::string_view record) {
  constexpr std::size_t kTime = 19;
  std::string line = history_line(record).substr(kTime);
  const auto both_blank = [](char a, char b) {
    return a == ' ' && b == ' ';
  };
  line.erase(std::unique(line.begin(), line.end(), both_blank), line.end());
  return line;
}

}  // namespace

TEST_CASE("history command: a record is a line with what was decided about which mail and why") {
  CHECK(shown(R"({"unix_time":1750000000.042,"action":"add header","score":7.5,"required_score":15.0,)"
              R"("sender_smtp":"bob@example.net","rcpt_smtp":["alice@example.org","carol@example.org"],)"
              R"("symbols":{"LARGE":{"score":7.40},"SMALL":{"score":-0.10}}})") ==
        " add header 7.5/15.0 bob@example.net alice@example.org+1 LARGE(7.40) SMALL(-0.10)");
}

TEST_CASE("history command: the null sender, no recipients and no symbols have their place") {
  CHECK(shown(R"({"action":"no action","score":0,"required_score":15})") == " no action 0.0/15.0 - - ");
}

TEST_CASE("history command: beyond five symbols their number is told") {
  CHECK_THAT(shown(R"({"symbols":{"A":{},"B":{},"C":{},"D":{},"E":{},"F":{},"G":{}}})"),
             Contains("E(0.00) and 2 more"));
}

TEST_CASE("history command: the columns stand under their names") {
  const std::string line = history_line(R"({"sender_smtp":"bob@example.net","symbols":{"A":{}}})");
  CHECK(line.find("bob@") == history_heading().find("sender"));
  CHECK(line.find("A(0") == history_heading().find("symbols"));
}

TEST_CASE("history command: what stands in the file cannot move the terminal's cursor") {
  const std::string line = history_line(
      R"({"sender_smtp":"\u001b[2J","rcpt_smtp":["a\r\nb"],"action":"\u0007","symbols":{"\u001bX":{}}})");
  CHECK(std::none_of(line.begin(), line.end(), [](unsigned char c) { return c < ' '; }));
}

TEST_CASE("history command: a time that is none, and what is no record, do no harm") {
  CHECK_THAT(history_line(R"({"unix_time":1e300})"), Contains("-"));
  CHECK_THAT(history_line(R"({"unix_time":-5})"), StartsWith("19"));
  for (const std::string_view record : {"", "garbage", "[1]", R"({"unix_time":"now"})"})
    CHECK(history_line(record) == "(a record that is no JSON object of a verdict)");
}

}  // namespace xspamd::test
