#include "rules/match/regex.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

std::size_t hits(std::string_view pattern, std::string_view text, std::string_view flags = "",
                 Regex::Mode mode = Regex::Mode::text, std::size_t most = 1000) {
  const auto regex = Regex::compile(pattern, flags, mode);
  REQUIRE(regex);
  return regex->count(text, most).hits;
}

std::string refused(std::string_view pattern) {
  const auto regex = Regex::compile(pattern, "", Regex::Mode::text);
  return regex ? "fine" : regex.error().sentence;
}

}  // namespace

TEST_CASE("regex: hits are counted without overlap, up to a number") {
  CHECK(hits("aa", "aaaaa") == 2);
  CHECK(hits("b", "aaaaa") == 0);
  CHECK(hits("a", "aaaaa", "", Regex::Mode::text, 3) == 3);
  CHECK(hits("a", "aaaaa", "", Regex::Mode::text, 0) == 0);
}

TEST_CASE("regex: empty matches are counted once at each place") {
  CHECK(hits("", "") == 1);
  CHECK(hits("x*", "ab") == 3);
  CHECK(hits("^", "ab") == 1);
  CHECK(hits("$", "ab") == 1);
  CHECK(hits("", "\xc3\xa9\xe2\x82\xac") == 3);
  CHECK(hits("(?=a)", "aaa") == 3);
  CHECK(hits("a\\Kb", "abab") == 2);
  CHECK(hits("(?=b)", "ab") == 1);
  CHECK(hits("b*", "abb") == 3);
}

TEST_CASE("regex: flags do what they do in Perl") {
  CHECK(hits("ABC", "abc") == 0);
  CHECK(hits("ABC", "abc", "i") == 1);
  CHECK(hits("^b", "a\nb") == 0);
  CHECK(hits("^b", "a\nb", "m") == 1);
  CHECK(hits("a.b", "a\nb") == 0);
  CHECK(hits("a.b", "a\nb", "s") == 1);
  CHECK(hits("a b # c", "ab", "x") == 1);
}

TEST_CASE("regex: text is UTF-8, and bytes that are none do not stop the search") {
  CHECK(hits("^.$", "\xc3\xa9") == 1);
  CHECK(hits("\xc3\x89", "\xc3\xa9", "i") == 1);
  CHECK(hits("b",
             "\xff\xfe"
             "b\xc3") == 1);
  CHECK(hits("\\w", "\xc3\xa9") == 0);
}

TEST_CASE("regex: bytes are bytes") {
  CHECK(hits("^..$", "\xc3\xa9", "", Regex::Mode::bytes) == 1);
  CHECK(hits("\\xE9", "caf\xe9", "", Regex::Mode::bytes) == 1);
  CHECK(hits("\\x00", std::string_view("a\0b", 3), "", Regex::Mode::bytes) == 1);
}

TEST_CASE("regex: a pattern that would take for ever is bounded, and says so") {
  for (const std::string_view pattern : {"^(a+)+$", "^(a|aa)+$", "^(a|a?)+$"}) {
    CAPTURE(pattern);
    const auto regex = Regex::compile(pattern, "", Regex::Mode::text);
    REQUIRE(regex);
    const auto count = regex->count(std::string(60, 'a') + "!", 1);
    CHECK(count.hits == 0);
    CHECK(count.limit_reached);
  }
}

TEST_CASE("regex: a deep recursion ends by a limit and not by the stack") {
  const auto regex = Regex::compile("^(?:(a)|b)*$", "", Regex::Mode::text);
  REQUIRE(regex);
  const auto count = regex->count(std::string(500'000, 'a') + "c", 1);
  CHECK(count.hits == 0);
}

TEST_CASE("regex: a limit that one search reached does not hold for the next") {
  const auto slow = Regex::compile("^(a+)+$", "", Regex::Mode::text);
  REQUIRE(slow);
  CHECK(slow->count(std::string(40, 'a') + "!", 1).limit_reached);
  CHECK(slow->count("aaa", 1).hits == 1);
  CHECK_FALSE(slow->count("b", 1).limit_reached);
}

TEST_CASE("regex: what is no pattern is refused with the place") {
  CHECK(refused("a(b").starts_with("the pattern is wrong at character 4: "));
  CHECK(refused("[z-a]").starts_with("the pattern is wrong at character "));
  CHECK(refused("\xff").starts_with("the pattern is wrong at character "));
}
