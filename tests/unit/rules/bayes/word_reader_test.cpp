#include "rules/bayes/word_reader.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace xspamd;
using namespace xspamd::bayes;

namespace {

std::vector<std::uint64_t> hashes(std::string_view text) {
  std::vector<std::uint64_t> found;
  WordReader reader(text);
  ReadWord word;
  while (reader.next(word))
    found.push_back(word.hash);
  return found;
}

std::string words(std::string_view text) {
  std::string found;
  WordReader reader(text);
  ReadWord word;
  while (reader.next(word)) {
    constexpr std::string_view kCases[] = {"", "^", "^^", "~"};
    if (!found.empty()) found += "|";
    found += std::string(word.text) + std::string(kCases[static_cast<int>(word.letter_case)]);
  }
  return found;
}

}  // namespace

TEST_CASE("words: a text is cut into its words") {
  struct Case {
    const char *text, *expected;
  };
  const std::vector<Case> cases{
      {"", ""},
      {" .,;-()\n\t", ""},
      {"one two", "one|two"},
      {"One TWO tHree A", "One^|TWO^^|tHree~|A^"},  // ^ first, ^^ capitals, ~ mixed
      {"don't O'Neil 'quoted'", "don't|O'Neil~|quoted"},
      {"don\u2019t \u2019x", "don\u2019t|x"},
      {"re-use a_b", "re|use|a|b"},
      {"3rd 4u 2002", "3rd|4u|2002"},
      {"1,000.50, 12:30. 5.", "1,000.50|12:30|5"},
      {"pay $5 now", "pay|5|now"},
      {"win!! $$$$ !", "win|!!|$$$|!"},
      {"see http://x.example/a?b=1 there", "see|<url>|there"},
      {"see www.x.example/a there", "see|<url>|there"},
      {"mail joe@x-y.example.org now", "mail|joe|<address>|now"},
      {"a@ @b @", "a|b"},
      {"\u00e9t\u00e9 \u00c9T\u00c9 \u0434\u043e\u043c", "\u00e9t\u00e9|\u00c9T\u00c9^^|\u0434\u043e\u043c"},
      {"x\xff\xfe y\xc3", "x|y"},
      {"ok \U0001F600!", "ok|\U0001F600|!"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(words(c.text) == c.expected);
  }
}

TEST_CASE("words: what reads the same is the same word") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"Free", "FREE"},
      {"free", "fr\u200bee"},                        // zero width space
      {"free", "f\u00adr\u2060e\ufeffe"},            // soft hyphen, word joiner, byte order mark
      {"free", "\uff26\uff32\uff25\uff25"},          // full-width letters
      {"\u00e9t\u00e9", "\u00c9T\u00c9"},            // Latin
      {"\u0434\u043e\u043c", "\u0414\u041e\u041c"},  // Cyrillic
      {"\u03bb\u03cc\u03b3\u03bf\u03c3", "\u039b\u038c\u0393\u039f\u03a3"},  // Greek
      {"dont", "don't"},
      {"don't", "don\u2019t"},
      {"12345", "98765"},  // numbers by their shape
      {"$1,000.00", "$9,999.99"},
      {"www.a.example", "http://b.example/c"},
      {"x!!!", "x!!!!!!"},
      {"abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxyz"},  // the end of what is too long
      {"\u65e5\u672c", "\u65e5\u200b\u672c"},
  };
  for (const auto& [one, other] : cases) {
    INFO(one << " " << other);
    CHECK_FALSE(hashes(one).empty());
    CHECK(hashes(one) == hashes(other));
  }
}

TEST_CASE("words: what reads otherwise is another word") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"free", "fre"},
      {"2001", "2002"},
      {"$100", "100"},
      {"100%", "100"},
      {"12345", "123456"},
      {"!", "!!"},
      {"\u00e9", "e"},
      {"\u65e5\u672c", "\u672c\u65e5"},
      {"<url>", "http://x.example"},
      {"abcdefgh", "abcdefg"},
      {"abcdefghi", "abcdefgh"},
  };
  for (const auto& [one, other] : cases) {
    INFO(one << " " << other);
    CHECK(hashes(one) != hashes(other));
  }
}

TEST_CASE("words: text without blanks between words comes as pairs of characters") {
  CHECK(hashes("\u65e5\u672c\u8a9e").size() == 2);
  CHECK(hashes("\u65e5").empty());
  // Pairs do not reach over what stands between.
  CHECK(hashes("\u65e5 \u672c").empty());
  CHECK(hashes("\u65e5x\u672c") == hashes("x"));
  CHECK(hashes("\u0e01\u0e02\u0e03").size() == 2);
  // Hangul has blanks.
  CHECK(hashes("\ud55c\uad6d\uc5b4").size() == 1);
}
