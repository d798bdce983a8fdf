#include "proto/mail/header.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/base/text.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string shown(std::string_view message) {
  const Header header = parse_header(message, 100);
  std::string text;
  for (const Field& field : header.fields)
    text += std::string(field.name) + "=" + mail::unfold(field.value) + "|";
  return text + " " + std::string(message.substr(header.body_at));
}

}  // namespace

TEST_CASE("header: lines end in LF or CRLF, and in CR only where there is no LF at all") {
  CHECK(shown("A: b\n c\nD: e\n\nx\n") == "A=b c|D=e| x\n");
  CHECK(shown("A: b\r\n c\nD: e\r\n\r\nx") == "A=b c|D=e| x");
  CHECK(shown("A: b\r c\rD: e\r\rx\ry") == "A=b c|D=e| x\ry");
  // The MTA takes a CR for a byte of its line: what follows one is no field, and two are no empty line.
  CHECK(shown("A: b\rD: e\n\nx") == "A=b D: e| x");
  CHECK(shown("A: b\r\rx\nD: e\n\ny") == "A=b x|D=e| y");
  CHECK(shown("A: b\rD: e\r\rx\r\n") == "A=b D: e x| ");
  CHECK(shown("A: b\r\r\nD: e\r\r\n\r\r\nx") == "A=b|D=e| x");
  CHECK(parse_header("A: b\rD: e\r\rx", 9).defects.has(Defect::bare_cr));
  CHECK(!parse_header("A: b\r\n\r\nx\ry", 9).defects.has(Defect::bare_cr));
}

TEST_CASE("unfold: a fold is one blank however it was written") {
  CHECK(mail::unfold(" a\r\n b\n\t c \r\n\r\n \t d ") == "a b c d");
  CHECK(mail::unfold("a\rb") == "a b");  // a CR alone
  CHECK(mail::unfold("a  b\tc") == "a  b\tc");
  CHECK(mail::unfold(" \r\n ").empty());
  CHECK(mail::unfold("a\0b"s) == "a\0b"s);
}

TEST_CASE("decode_words: encoded words become UTF-8 and everything else stays") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"Q", "=?utf-8?Q?caf=C3=A9_x?=", "café x"},
      {"B", "=?UTF-8?b?Y2Fmw6k=?=", "café"},
      {"RFC 2047 §8", "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
      {"§8 with text", "=?ISO-8859-1?Q?a?= b", "a b"},
      {"§8 with an underscore", "=?ISO-8859-1?Q?a_b?=", "a b"},
      {"text before", "Re: =?utf-8?Q?x?=", "Re: x"},
      {"a language (RFC 2231)", "=?utf-8*en?Q?x?=", "x"},
      {"a character cut in two", "=?utf-8?Q?=E2=82?= =?UTF-8?B?rA==?=", "€"},
      {"cut in two between charsets", "=?utf-8?Q?=E2=82?= =?us-ascii?Q?a?=",
       "\xEF\xBF\xBD\xEF\xBF\xBD"
       "a"},
      {"two charsets, no blank", "=?utf-8?Q?a?= =?koi8-r?Q?=C1?=", "aа"},
      {"words that touch", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
      {"a word that touches text", "x=?utf-8?Q?a?=y", "xay"},
      {"blanks inside, as broken programs write", "=?utf-8?Q?a b?=", "a b"},
      {"empty text", "=?utf-8?Q?\?= x", " x"},
      {"a joined UTF-16 word", "=?utf-16be?B?AEg=?= =?utf-16be?B?AGk=?=", "Hi"},
      {"no end", "=?utf-8?Q?abc", "=?utf-8?Q?abc"},
      {"a question mark in the text", "=?utf-8?Q?a?b?=", "=?utf-8?Q?a?b?="},
      {"an unknown encoding", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
      {"no charset", "=??Q?abc?=", "=??Q?abc?="},
      {"no base64", "=?utf-8?B?a*b?=", "=?utf-8?B?a*b?="},
      {"broken, then whole", "=?=?utf-8?Q?a?=", "=?a"},
      {"an unknown charset", "=?x-klingon?Q?caf=E9?=", "café"},
      {"raw UTF-8", "caf\xC3\xA9", "café"},
      {"raw bytes", "caf\xE9", "café"},
      {"raw bytes beside a word", "caf\xE9 =?utf-8?Q?=C3=A9?=", "café é"},
      {"encoded line ends and NULs", "=?utf-8?Q?a=0D=0Ab=00c?=", "a  bc"},
      {"base64 without its padding", "=?utf-8?B?Y2Fmw6k?=", "café"},
      {"base64 with blanks, as a fold leaves them", "=?utf-8?B?Y2Fm w6k=?=", "café"},
      {"longer than 75 bytes", "=?utf-8?Q?" + std::string(300, 'a') + "?=", std::string(300, 'a')},
      {"a tab between words", "=?utf-8?Q?a?=\t=?utf-8?Q?b?=", "ab"},
      {"quotes around a word", "\"=?utf-8?Q?a?=\"", "\"a\""},
      {"a word in a word is not decoded twice", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=", "=?utf-8?Q?a?="},
      {"a character cut in three", "=?utf-8?Q?=E2?= =?utf-8?Q?=82?= =?utf-8?Q?=AC?=", "€"},
      {"UTF-8 whatever was declared", "=?iso-8859-1?Q?caf=C3=A9?=", "café"},
      {"an escape that is none", "=?utf-8?Q?100=_x?=", "100= x"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(mail::decode_words(c.text) == c.want);
  }
}

TEST_CASE("decode_words: a million words, whole or broken, take linear time") {
  std::string words, broken, changing;
  for (int i = 0; i < 1'000'000; ++i) {
    words += "=?utf-8?Q?a?= ";
    broken += "=?utf-8?Q?";
    changing += i % 2 != 0 ? "=?big5?Q?=A4=A4?=" : "=?gbk?Q?=D6=D0?=";
  }
  CHECK(mail::decode_words(words) == std::string(1'000'000, 'a') + ' ');
  CHECK(mail::decode_words(broken) == broken);
  CHECK(is_utf8(mail::decode_words(changing)));
}
