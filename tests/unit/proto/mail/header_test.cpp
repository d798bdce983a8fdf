#include "proto/mail/header.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/base/text.h"

using namespace xspamd;
using namespace std::string_literals;

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
