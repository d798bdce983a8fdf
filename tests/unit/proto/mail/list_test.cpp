#include "proto/mail/list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;

TEST_CASE("list: ids are what stands in angle brackets") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"one", "<a@x>", "a@x"},
      {"several", "<a@x> <b@x>,<c@x>", "a@x|b@x|c@x"},
      {"text around", "Your message of today <a@x> (x)", "a@x"},
      {"no brackets", " a@x ", "a@x"},
      {"empty brackets", "<> < > <a@x>", "a@x"},
      {"no end", "<a@x <b@x", "a@x|b@x"},
      {"raw bytes", "<caf\xE9@x>", "café@x"},
      {"nothing", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(fmt::format("{}", fmt::join(mail::parse_ids(c.text, 100), "|")) == c.want);
  }
  CHECK(mail::parse_ids("<a@x> <b@x>", 1).size() == 1);
  CHECK(mail::parse_ids("a@x", 0).empty());
}

TEST_CASE("list: phrases stand between commas") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"words", "one item, two", "one item|two"},
      {"empty pieces", ",, a ,", "a"},
      {"a comma in quotes", "\"a, b\", c", "a, b|c"},
      {"a comma in an encoded word", "=?utf-8?Q?a,b?=, c", "a,b|c"},
      {"encoded words", "=?utf-8?Q?caf=C3=A9?= =?utf-8?Q?_x?=, y", "café x|y"},
      {"a quote without end", "\"a, b", "\"a|b"},
      {"nothing", "", ""},
  };
  mail::Charsets charsets;
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(fmt::format("{}", fmt::join(mail::parse_phrases(c.text, 100, charsets), "|")) == c.want);
  }
  CHECK(mail::parse_phrases("a,b,c", 2, charsets).size() == 2);
}

TEST_CASE("list: text made to be slow takes linear time") {
  mail::Charsets charsets;
  for (const std::string piece : {"<", ">", ",", "\"", "=", "=?", "=?a?Q?", "<a>", "\"a\"", "\\", "<,"}) {
    INFO(piece);
    std::string text;
    while (text.size() < 1'000'000)
      text += piece;
    CHECK(mail::parse_ids(text, 1'000'000).size() <= 1'000'000);
    CHECK(mail::parse_phrases(text, 1'000'000, charsets).size() <= 1'000'000);
  }
}
