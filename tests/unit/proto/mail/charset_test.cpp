#include "proto/mail/charset.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/base/text.h"

using namespace xspamd;
using namespace xspamd::mail;
using namespace std::string_literals;

TEST_CASE("charset: text is read by the name that mail gives its charset") {
  struct Case {
    std::string why, charset, bytes, want;
  };
  const Case cases[] = {
      {"Latin-1 is windows-1252", "latin1", "caf\xE9 \x80", "café €"},
      {"so is ASCII with 8 bits", "ANSI_X3.4-1968", "caf\xE9", "café"},
      {"and the user's own", "x-user-defined", "caf\xE9", "café"},
      {"and nothing at all", "", "caf\xE9", "café"},
      {"unassigned bytes", "windows-1252", "a\x81z", "a\xEF\xBF\xBDz"},
      {"UTF-8 without hyphen", "utf8", "\xC3\xA9", "é"},
      {"broken UTF-8 stays UTF-8", "utf-8", "\xC3\xA9\xFF\xC3", "é\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"UTF-8 under another name", "iso-8859-1", "\xC3\xA9", "é"},
      {"Cyrillic", "windows-1251", "\xEF\xF0\xE8", "при"},
      {"KOI8", "KOI8-R", "\xF4\xC5\xD3\xD4", "Тест"},
      {"Shift JIS", "x-sjis", "\x93\xFA\x96\x7B", "日本"},
      {"Korean of Windows", "ks_c_5601-1987", "\xC7\xD1\xB1\xDB", "한글"},
      {"GB2312 in GB18030", "gb2312", "\xD6\xD0\xB9\xFA", "中国"},
      {"GB18030, beyond GB2312", "gb2312", "\xA2\xE3", "€"},
      {"Big5", "Big5", "\xA4\xA4\xA4\xE5", "中文"},
      {"Hebrew, logical", "iso-8859-8-i", "\xF9\xEC\xE5\xED", "שלום"},
      {"7-bit Japanese", "iso-2022-jp", "\x1B$BF|K\\\x1B(B", "日本"},
      {"the same, by its old name", "csISO2022JP", "\x1B$BF|K\\\x1B(B", "日本"},
      {"UTF-7", "utf-7", "Hi +AOk-", "Hi é"},
      {"UTF-16", "utf-16be", "\0H\0i"s, "Hi"},
      {"half a unit", "utf-16le", "H\0i"s, "H\xEF\xBF\xBD"},
      {"a lone surrogate", "utf-16be", "\xD8\x00\0H"s, "\xEF\xBF\xBDH"},
      {"a cut character", "gb2312", "a\xD6", "a\xEF\xBF\xBD"},
      {"an unknown name", "x-klingon", "caf\xE9", "café"},
      {"a name for iconv alone", "UTF-8//TRANSLIT", "caf\xE9", "café"},
      {"a charset with known defects", "ISO-2022-CN-EXT", "\x1B$*H", "\x1B$*H"},
      {"a name with a NUL", "utf-8\0x"s, "a", "a"},
      {"an endless name", std::string(100'000, 'u'), "\xE9", "é"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(to_utf8(c.bytes, c.charset) == c.want);
  }
}

TEST_CASE("charset: whatever the bytes and the charset, UTF-8 of bounded size comes out") {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  const std::string escapes = "\x1B$B\x1B(J\x1B$)C\x0E!!\x0F+AOk-+//8-\xFF\xFE\xD8\x00"s + all + all;
  for (const auto* charset :
       {"utf-8",  "latin1", "iso-8859-2",  "cp1251",      "gb2312", "big5",      "sjis",          "euc-jp",
        "euc-kr", "euc-tw", "iso-2022-jp", "iso-2022-kr", "utf-7",  "utf-16",    "utf-16be",      "utf-32",
        "tcvn",   "cp1258", "viscii",      "tis-620",     "koi8-u", "macintosh", "x-mac-cyrillic"}) {
    INFO(charset);
    const std::string text = to_utf8(escapes, charset);
    CHECK(is_utf8(text));
    CHECK(text.size() <= 4 * escapes.size() + 16);
  }
}

TEST_CASE("charset: a text that is hardly ever of its charset is read as windows-1252") {
  CHECK(to_utf8(std::string(5000, '\xFF'), "gb2312") == windows_1252_to_utf8(std::string(5000, '\xFF')));
}

TEST_CASE("charset: a field of many charsets opens only a few converters") {
  Charsets charsets;
  for (const auto* charset : {"iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6",
                              "iso-8859-7", "iso-8859-8", "iso-8859-10"})
    charsets.to_utf8("\xE9", charset);
  CHECK(charsets.to_utf8("\xEF", "windows-1251") == "ï");      // the ninth
  CHECK(charsets.to_utf8("\xD0\xBF", "windows-1251") == "п");  // UTF-8 needs none
}
