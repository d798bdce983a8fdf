#include "proto/base/punycode.h"

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;

namespace {

struct Case {
  std::u32string text;
  std::string ascii;
};

}  // namespace

TEST_CASE("punycode: both directions") {
  // The third and fourth are of RFC 3492 §7.1 (A) and (L).
  const Case cases[] = {
      {U"", ""},
      {U"b\u00fccher", "bcher-kva"},
      {U"\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a"
       U"\u061f",
       "egbpdaj6bu4bxfgehfvwxn"},
      {U"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f", "3b-ww4c5e180e575a65lsy2b"},
      {U"\u2603", "n3h"},
      {U"\U0001f4a9", "ls8h"},
      {U"\U0010ffff", "dn32g"},
      {U"abc", "abc-"},
      {U"-", "--"},
  };
  for (const Case& c : cases) {
    INFO(c.ascii);
    CHECK(encode_punycode(c.text) == c.ascii);
    CHECK(decode_punycode(c.ascii) == c.text);
  }
}

TEST_CASE("punycode: what is none") {
  const std::string cases[] = {
      "-", "9", "a-?", "99999999", "tda\xc3\xbc", "\xc3\xbc-tda", std::string(1025, 'a')};
  for (const std::string& ascii : cases) {
    INFO(ascii);
    CHECK_FALSE(decode_punycode(ascii));
  }
  CHECK_FALSE(encode_punycode(std::u32string(1025, U'\u00fc')));
}

TEST_CASE("punycode: no surrogate comes out") {
  for (char32_t c : {char32_t{0xD7FF}, char32_t{0xD800}, char32_t{0xDFFF}, char32_t{0xE000}}) {
    const auto encoded = encode_punycode(std::u32string(1, c));
    REQUIRE(encoded);
    CHECK(decode_punycode(*encoded).has_value() == (c < 0xD800 || c > 0xDFFF));
  }
}
