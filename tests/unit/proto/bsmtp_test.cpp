#include "proto/bsmtp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::string shown(std::string_view text) {
  const auto batch = read_batch(text, 100);
  if (!batch) return "-";
  return fmt::format("{} {} -> {} | {}", batch->helo, batch->sender, fmt::join(batch->recipients, " & "),
                     text.substr(batch->length));
}

std::string unstuffed(std::string text) {
  unstuff(text);
  return text;
}

}  // namespace

TEST_CASE("bsmtp: a batch begins with commands and reaches DATA") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"RFC 2442",
       "EHLO h.example\r\nMAIL FROM:<a@x> SIZE=9\r\nRCPT TO:<b@t>\r\nRCPT TO:<c@t>\r\nDATA\r\nA: b",
       "h.example a@x -> b@t & c@t | A: b"},
      {"Exim's bsmtp transport", "MAIL FROM:<a@x>\nRCPT TO:<b@t>\nDATA\nA: b\n", " a@x -> b@t | A: b\n"},
      {"the null sender, other case, blanks", "helo h\nmail from: <>\nrcpt to: b@t ORCPT=x\ndata\nA",
       "h  -> b@t | A"},
      {"a quoted local part", "MAIL FROM:<\"a> b\"@x> BODY=8BITMIME\nDATA\nA", " \"a> b\"@x ->  | A"},
      {"no bracket closes", "MAIL FROM:<a@x\nDATA\nA", " a@x ->  | A"},
      {"no DATA", "HELO h\nMAIL FROM:<a@x>\nRCPT TO:<b@t>\n", "-"},
      {"DATA is cut off", "MAIL FROM:<a@x>\nDATA", "-"},
      {"no sender", "HELO h\nDATA\nA", "-"},
      {"two senders", "MAIL FROM:<a@x>\nMAIL FROM:<b@x>\nDATA\nA", "-"},
      {"a recipient first", "RCPT TO:<b@t>\nMAIL FROM:<a@x>\nDATA\nA", "-"},
      {"another line between", "MAIL FROM:<a@x>\nSubject: s\nDATA\nA", "-"},
      {"a message", "Subject: HELO\n\nMAIL FROM:<a@x>\nDATA\n", "-"},
      {"words that begin alike", "HELOS h\nMAIL FROM:<a@x>\nDATA\n", "-"},
      {"DATA with an argument", "MAIL FROM:<a@x>\nDATA x\n", "-"},
      {"nothing", "", "-"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("bsmtp: stuffed dots go, and the message ends at the dot alone") {
  CHECK(unstuffed("A: b\n\n..x\n. y\n.\nQUIT\n") == "A: b\n\n.x\n y\n");
  CHECK(unstuffed("A: b\r\n\r\n...\r\n.\r\nMAIL FROM:<>\r\n") == "A: b\r\n\r\n..\r\n");
  CHECK(unstuffed("a\nb\n") == "a\nb\n");
  CHECK(unstuffed("a\n.") == "a\n");
  CHECK(unstuffed("a\n.\r") == "a\n");
  CHECK(unstuffed(".\nx").empty());
  CHECK(unstuffed("..\nx") == ".\nx");
  CHECK(unstuffed("").empty());
  CHECK(unstuffed("a.\n.b.\n") == "a.\nb.\n");
}

TEST_CASE("bsmtp: a long batch takes linear time, and its recipients are bounded") {
  std::string text = "MAIL FROM:<a@x>\n";
  for (int i = 0; i < 200'000; ++i)
    text += "RCPT TO:<b@t>\n";
  text += "DATA\n";
  const auto batch = read_batch(text, 1000);
  REQUIRE(batch);
  CHECK(batch->recipients.size() == 1000);
  std::string dots;
  for (int i = 0; i < 2'000'000; ++i)
    dots += "..\n";
  CHECK(unstuffed(dots).size() == 4'000'000);
}
