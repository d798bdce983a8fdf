#include <catch2/catch.hpp>

#include "tests/unit/rules/checks/check_cases.h"

using namespace xspamd;

namespace {

std::string versions(const std::string& plain, const std::string& html,
                     const std::string& kind = "alternative") {
  return "Content-Type: multipart/" + kind + "; boundary=b\n\n--b\n\n" + plain +
         "\n--b\nContent-Type: text/html\n\n" + html + "\n--b--\n";
}

std::string plain(const std::string& text) {
  return "Content-Type: text/plain; charset=utf-8\n\n" + text;
}

// Different ones.
std::string words(std::size_t count, const std::string& stem) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += stem + std::to_string(i) + " ";
  return text;
}

void check(const std::vector<test::CheckCase>& table) {
  for (const test::CheckCase& row : table) {
    CAPTURE(row.why, row.header);
    CHECK(test::hits_of("texts", row) == row.hits);
  }
}

}  // namespace

TEST_CASE("texts: two versions of one text") {
  check({
      {"the same", versions("Hello, Ann!", "<p>hello Ann"), ""},
      {"nothing in common", versions(words(20, "a"), "<p>" + words(20, "b")), "R_PARTS_DIFFER[100%]"},
      {"few words are not sure", versions("one two", "<p>three four"), "R_PARTS_DIFFER[100%]x0.5"},
      {"half of it", versions(words(20, "a"), "<p>" + words(10, "a") + words(10, "b")), ""},
      {"addresses count for nothing", versions("Hello Ann https://x.example/a,b?c=d-e-f", "<p>Hello Ann"),
       ""},
      {"two texts", versions(words(20, "a"), "<p>" + words(20, "b"), "mixed"), ""},
      {"no plain words", versions(" ", "<p>hello"), ""},
  });
}

TEST_CASE("texts: letters that are not what they seem") {
  check({
      {"one alphabet", plain("Привет, как дела, всё хорошо"), ""},
      {"two, each in its words", plain("Мой компьютер Windows, мой браузер Firefox"), ""},
      {"mixed in words", plain("Vіagrа fоr уour hеalth"), "R_MIXED_CHARSET[4 of 4]"},
      {"a formula", plain("a resistor of 10kΩ and one of 5kΩ and one of 2kΩ"), ""},
      {"raw bytes of no charset", "From: a@x.example\n\nGr\xfc\xdf", "R_MISSING_CHARSET"},
      {"of one", "Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdf", ""},
      {"ASCII", "Content-Type: text/plain\n\nhello", ""},
  });
}

TEST_CASE("texts: nothing but links") {
  check({
      {"a link", plain("http://x.example/a/long/path"), "HFILTER_URL_ONLY[100%] HFILTER_URL_ONELINE"},
      {"several", plain("http://x.example/a/long/path\n\n<http://x.example/b/long/path>\n\nwww.x.example/c"),
       "HFILTER_URL_ONLY[100%]"},
      {"with a word", plain("Look: http://x.example/a/long/path/of/names"),
       "HFILTER_URL_ONLY[88%]x0.4 HFILTER_URL_ONELINE"},
      {"with a sentence", plain("Look at what I have found: http://x.example/a/long/path"), ""},
      {"behind words", versions("http://x.example/a", "<a href=http://x.example/a>Click here</a>"),
       "R_PARTS_DIFFER[100%]x0.5"},
  });
}

TEST_CASE("texts: Bitcoins") {
  const std::string wallet = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  check({
      {"an address", plain("Donations: " + wallet), "BITCOIN_ADDR[" + wallet + "]"},
      {"none", plain("Donations: 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNx. I know your password."), ""},
      {"blackmail", plain("I know your password. Send 500 USD to " + wallet),
       "BITCOIN_ADDR[" + wallet + "] LEAKED_PASSWORD_SCAM"},
      {"without an address", plain("I have hacked your webcam"), ""},
  });
}
