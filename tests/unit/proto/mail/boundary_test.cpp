#include "proto/mail/boundary.h"

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

// "level", with "/" if it closes and "?" if it is odd; "-" for none.
std::string shown(mail::Boundaries& boundaries, std::string_view line, std::size_t lowest = 0) {
  const mail::BoundaryMatch match = boundaries.match(line, lowest);
  if (!match) return "-";
  return std::to_string(match.level) + (match.closes ? "/" : "") + (match.odd ? "?" : "");
}

mail::Boundaries opened(const std::vector<std::string>& texts) {
  mail::Boundaries boundaries;
  for (const std::string& text : texts)
    boundaries.open(text);
  return boundaries;
}

}  // namespace

TEST_CASE("boundaries: a line fits with blanks, an end, or a blank and text behind") {
  struct Case {
    std::string line, want;
  };
  const Case cases[] = {
      {"--aa", "0"},       {"--aa  \t", "0"},      {"--aa--", "0/"}, {"--aa-- ", "0/"},
      {"--aa text", "0?"}, {"--aa-- text", "0/?"}, {"--aab", "-"},   {"--aa-", "-"},
      {"--aa--x", "-"},    {"--a", "-"},           {"--", "-"},      {"-aa", "-"},
      {"aa", "-"},         {" --aa", "-"},         {"--AA", "-"},    {"---aa", "-"},
      {"", "-"},
  };
  mail::Boundaries boundaries = opened({"aa"});
  CHECK(shown(boundaries, "--aa") == "0");
  for (const Case& c : cases) {
    INFO(c.line);
    CHECK(shown(boundaries, c.line) == c.want);
  }
}

TEST_CASE("boundaries: a line may run on only while the innermost multipart met none that fits") {
  mail::Boundaries boundaries = opened({"x", "aa"});
  CHECK(shown(boundaries, "--aab") == "1?");
  CHECK(shown(boundaries, "--xy") == "-");
  CHECK(shown(boundaries, "--aa") == "1");
  CHECK(shown(boundaries, "--aab") == "-");
  CHECK(shown(boundaries, "--x") == "0");
}

TEST_CASE("boundaries: one that begins another, and one that looks like the end of another") {
  mail::Boundaries boundaries = opened({"aa", "aab"});
  CHECK(shown(boundaries, "--aab") == "1");
  CHECK(shown(boundaries, "--aa") == "0");
  mail::Boundaries reversed = opened({"aab", "aa"});
  CHECK(shown(reversed, "--aab") == "0");
  CHECK(shown(reversed, "--aa") == "1");
  mail::Boundaries ends = opened({"a--", "a----"});
  CHECK(shown(ends, "--a--") == "0");
  CHECK(shown(ends, "--a----") == "1");
  CHECK(shown(ends, "--a------") == "1/");
}

TEST_CASE("boundaries: of equal ones the innermost that is not closed") {
  mail::Boundaries boundaries = opened({"a", "", "a"});
  CHECK(boundaries.has("a", 2));
  CHECK(shown(boundaries, "--a") == "2");
  boundaries.close(2);
  CHECK_FALSE(boundaries.has("a", 1));
  CHECK(shown(boundaries, "--a") == "0");
  CHECK(shown(boundaries, "--a", 1) == "-");
  boundaries.cut(0);
  CHECK_FALSE(boundaries.any(0));
  CHECK(shown(boundaries, "--a") == "-");
}

TEST_CASE("boundaries: one with blanks at its end") {
  mail::Boundaries strict = opened({"a b  "});
  CHECK(shown(strict, "--a b  ") == "0");
  CHECK(shown(strict, "--a b ") == "-");
  CHECK(shown(strict, "--a b  --") == "0/");
  mail::Boundaries lost = opened({"a b  "});
  CHECK(shown(lost, "--a b") == "0?");
}
