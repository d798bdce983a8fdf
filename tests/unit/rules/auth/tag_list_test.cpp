#include "rules/auth/tag_list.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace xspamd;
using namespace xspamd::auth;

namespace {

// "a=1|b=x y", or the problem.
std::string read(std::string_view text) {
  const auto tags = parse_tag_list(text);
  if (!tags) return tags.error().sentence;
  std::string list;
  for (const Tag& tag : *tags)
    list += fmt::format("{}{}={}", list.empty() ? "" : "|", tag.name, tag.value);
  return list;
}

}  // namespace

TEST_CASE("tag list: names and values, with white space around both (RFC 6376 §3.2)") {
  const std::pair<std::string, std::string> kTable[] = {
      {"a=1", "a=1"},
      {"a=1;", "a=1"},
      {"a=1; ", "a=1"},
      {"a=1;b=2", "a=1|b=2"},
      {" a = 1 ; b\t=\r\n\t2 ;\r\n ", "a=1|b=2"},
      {"a=x\r\n y", "a=x\r\n y"},
      {"a=", "a="},
      {"a= ;b=", "a=|b="},
      {"a=b=c", "a=b=c"},
      {"a=1;A=2", "a=1|A=2"},
      {"x_1=a;z9=b", "x_1=a|z9=b"},
      {"i=caf\xc3\xa9@example.org", "i=caf\xc3\xa9@example.org"},
      {"", "\"\" is no tag"},
      {";", "\"\" is no tag"},
      {"a=1;;", "\"\" is no tag"},
      {"a=1;;b=2", "\"\" is no tag"},
      {"a", "\"a\" is no tag"},
      {"a=1; t; b=2", "\"t\" is no tag"},
      {"=1", "\"\" is no name of a tag"},
      {"==", "\"\" is no name of a tag"},
      {"1a=1", "\"1a\" is no name of a tag"},
      {"a b=1", "\"a b\" is no name of a tag"},
      {"a-b=1", "\"a-b\" is no name of a tag"},
      {"a=1;b=2;a=1", "a= is there twice"},
      {"a=\x01", "the value of a= is none"},
      {std::string("a=x\0y", 5), "the value of a= is none"},
      {"a=x\vy", "the value of a= is none"},
  };
  for (const auto& [text, want] : kTable)
    CHECK(read(text) == want);
}

TEST_CASE("tag list: a value reaches from its sign to the semicolon, as b= is deleted (RFC 6376 §3.7)") {
  const auto tags = parse_tag_list("b=  x\r\n y  ; a=1");
  REQUIRE(tags);
  CHECK(find_tag(*tags, "b")->raw == "  x\r\n y  ");
  CHECK(find_tag(*tags, "c") == nullptr);
}

TEST_CASE("tag list: more than a hundred tags are refused") {
  std::string text;
  for (int i = 0; i < 100; ++i)
    text += fmt::format("t{}=x;", i);
  CHECK(parse_tag_list(text).has_value());
  CHECK(read(text + "a=1") == "more than 100 tags");
}

TEST_CASE("tag list: numbers are digits alone, and as large as one can count") {
  CHECK(parse_number("0") == 0);
  CHECK(parse_number("12345") == 12345);
  CHECK(parse_number("99999999999999999999999999") == 18446744073709551615ULL);
  for (const char* none : {"", " ", "1 2", "-1", "+1", "0x1", "1.0", "icecream"})
    CHECK_FALSE(parse_number(none));
}

TEST_CASE("tag list: base64 with white space anywhere, padded or not") {
  for (const char* text : {"aGVsbG8=", "aGVsbG8", " a G\r\n V s\tbG8 = ", "aGVsbG8\r\n ="})
    CHECK(parse_base64(text) == "hello");
  CHECK(parse_base64("aGVsbA==") == "hell");
  CHECK(parse_base64("")->empty());
  for (const char* none : {"not_base_64", "yo-mama", "aGVsb", "aGVsbG8=x", "=", "aGVsbA===", "a=b"})
    CHECK_FALSE((parse_base64(none) && !parse_base64(none)->empty()));
}

TEST_CASE("tag list: quoted-printable of DKIM (RFC 6376 §2.11)") {
  CHECK(parse_quoted_printable("jlong=40messiah=2Eedu") == "jlong@messiah.edu");
  CHECK(parse_quoted_printable("a =\r\n 4 1 b") == "aAb");
  CHECK(parse_quoted_printable("=c3=A9") == "\xc3\xa9");
  for (const char* none : {"=", "a=4", "=4g", "a==41"})
    CHECK_FALSE(parse_quoted_printable(none));
}

TEST_CASE("tag list: values that are lists") {
  CHECK(split_value("From : To:\r\n Subject") == std::vector<std::string_view>{"From", "To", "Subject"});
  CHECK(split_value("").size() == 1);
  CHECK(value_has("email : web", "web"));
  CHECK_FALSE(value_has("emails:web", "email"));
}
