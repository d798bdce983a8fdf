#include "proto/mail/embedded.h"

#include <catch2/catch.hpp>

#include "proto/mail/uuencode.h"
#include "proto/mail/yenc.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(std::string_view text) {
  std::string line;
  for (const mail::EmbeddedFile& file : mail::find_embedded(text, 10)) {
    const bool uuencoded = file.encoding == TransferEncoding::uuencode;
    const std::string bytes = uuencoded ? mail::decode_uuencode(file.block) : mail::decode_yenc(file.block);
    line += "[" + std::string(name(file.encoding)) + " " + std::string(file.name) + ": " + bytes + "]";
  }
  return line;
}

}  // namespace

TEST_CASE("embedded: uuencoded files in a text") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"one", "begin 644 a.txt\n#86)C\n`\nend\n", "[x-uuencode a.txt: abc]"},
      {"in between, CRLF", "hi\r\nbegin 644 a b.txt \r\n#86)C\r\n`\r\nend\r\nbye\r\n",
       "[x-uuencode a b.txt: abc]"},
      {"CR", "hi\rbegin 644 a\r#86)C\rend\r", "[x-uuencode a: abc]"},
      {"two", "begin 644 a\n#86)C\nend\nbegin 0644 b\n#86)C\nend", "[x-uuencode a: abc][x-uuencode b: abc]"},
      {"no end", "begin 644 a\n#86)C\nthat is all", "[x-uuencode a: abc]"},
      {"no name", "begin 644\n#86)C\nend", "[x-uuencode : abc]"},
      {"blanks for grave accents, lost at the end", "begin 644 a\n#   \n#\n\nend\n",
       "[x-uuencode a: \0\0\0\0\0\0]"s},
      {"a check sum behind", "begin 644 a\n#86)C!\nend\n", "[x-uuencode a: abc]"},
      {"not at the begin of a line", " begin 644 a\n#86)C\nend\n", ""},
      {"no mode", "begin the day\n#86)C\nend\n", ""},
      {"eight is no octal digit", "begin 648 a\n#86)C\nend\n", ""},
      {"five digits", "begin 64444 a\n#86)C\nend\n", ""},
      {"no data", "begin 644 a\nend\n", ""},
      {"a line that is no data", "begin 644 a\n#86)Cxyz\nend\n", ""},
      {"the last line of all", "begin 644 a", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("embedded: yEncoded files in a text") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"one", "hi\n=ybegin line=128 size=3 name=a b.txt\r\n\x8b\x8c\x8d\r\n=yend size=3\r\nbye",
       "[x-yencode a b.txt: abc]"},
      {"a part of many",
       "=ybegin part=1 line=128 size=9 name=a\n=ypart begin=1 end=3\n\x8b\x8c\x8d\n=yend size=3\n",
       "[x-yencode a: abc]"},
      {"escapes", "=ybegin line=128 size=2 name=a\n=n=}\n=yend size=2\n", "[x-yencode a: \x04\x13]"},
      {"no end", "=ybegin line=128 size=3 name=a\n\x8b\x8c\x8d", "[x-yencode a: abc]"},
      {"cut inside an escape", "=ybegin line=128 size=3 name=a\n\x8b=", "[x-yencode a: a]"},
      {"no name", "=ybegin line=128 size=3\n\x8b\n=yend\n", "[x-yencode : a]"},
      {"text about it", "=ybegin is how it begins\n", ""},
      {"both kinds", "=ybegin line=1 size=1 name=y\n\x8b\n=yend\nbegin 644 u\n#86)C\nend\n",
       "[x-yencode y: a][x-uuencode u: abc]"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(c.text) == c.want);
  }
}

TEST_CASE("embedded: a body that is encoded as a whole may lack its frame") {
  CHECK(mail::decode_uuencode("#86)C\n#86)C\n") == "abcabc");
  CHECK(mail::decode_uuencode("\nbegin 644 x\n#86)C\nend\n#86)C\n") == "abc");
  CHECK(mail::decode_uuencode("").empty());
  CHECK(mail::decode_yenc("\x8b\x8c\r\n\x8d") == "abc");
  CHECK(mail::decode_yenc("").empty());
}
