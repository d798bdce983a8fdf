#include "proto/mail/text.h"

#include <catch2/catch.hpp>
#include <string>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/character.h"
#include "proto/mail/confusable.h"

using namespace xspamd;
using namespace std::string_literals;

namespace {

std::string utf8(std::string_view bytes, std::string_view charset) {
  mail::Charsets charsets;
  return text_to_utf8(bytes, charset, charsets);
}

// Each byte with a NUL behind it.
std::string utf16le(std::string_view ascii) {
  std::string bytes;
  for (const char c : ascii)
    bytes += {c, '\0'};
  return bytes;
}

}  // namespace

TEST_CASE("text: a part is read as what its bytes show, then as declared") {
  struct Case {
    std::string why, charset, bytes, want;
  };
  const Case cases[] = {
      {"plain ASCII", "", "Hello\r\n", "Hello\r\n"},
      {"a mark of UTF-8 is none of its text", "iso-8859-1",
       "\xEF\xBB\xBF"
       "caf\xC3\xA9",
       "café"},
      {"behind the mark what is no UTF-8 is broken", "iso-8859-1",
       "\xEF\xBB\xBF"
       "caf\xE9",
       "caf\uFFFD"},
      {"a mark of UTF-16, little endian", "utf-8", "\xFF\xFEH\0i\0"s, "Hi"},
      {"a mark of UTF-16, big endian", "utf-16le", "\xFE\xFF\0H\0i"s, "Hi"},
      {"a mark of UTF-32, little endian", "", "\xFF\xFE\0\0H\0\0\0"s, "H"},
      {"a mark of UTF-32, big endian", "", "\0\0\xFE\xFF\0\0\0H"s, "H"},
      {"UTF-16 that nobody declared", "us-ascii", utf16le("Cheap pills"), "Cheap pills"},
      {"UTF-16 declared with the wrong end first", "utf-16be", utf16le("Cheap pills"), "Cheap pills"},
      {"UTF-16 declared without an end", "utf-16", utf16le("Cheap pills"), "Cheap pills"},
      {"Cyrillic UTF-16", "", "\x3F\x04\x40\x04 \0\x38\x04!\0"s, "пр и!"},
      {"ASCII declared as UTF-16", "utf-16", "Dear Sir or Madam,", "Dear Sir or Madam,"},
      {"UTF-16 of Han alone has no NUL", "utf-16le", "\x2D\x4E\x87\x65", "中文"},
      {"NULs strewn into ASCII go", "us-ascii", "V\0i\0agra for everybody and his dog"s,
       "Viagra for everybody and his dog"},
      {"a NUL inside a character goes too", "iso-8859-1", "caf\xC3\0\xA9"s, "café"},
      {"valid UTF-8 wins over what was declared", "koi8-r", "\xC3\xA9", "é"},
      {"a charset in quotes", "\"KOI8-R\"", "\xF4\xC5\xD3\xD4", "Тест"},
      {"a charset with blanks", " windows-1251 ", "\xEF\xF0\xE8", "при"},
      {"a parameter too many", "windows-1251; format=flowed", "\xEF\xF0\xE8", "при"},
      {"the charset that is none", "default", "caf\xE9", "café"},
      {"Latin-1 of old", "iso_8859-1:1987", "\x93hi\x94", "“hi”"},
      {"ASCII of old with 8 bits", "ansi_x3.4-1968", "\x93hi\x94", "“hi”"},
      {"a code page", "cp1252", "\x80", "€"},
      {"UTF-7 by its long name", "unicode-1-1-utf-7", "Hi +AOk-", "Hi é"},
      {"Japanese with a vendor's row", "iso-2022-jp", "\x1B$B-!\x1B(B", "①"},
      {"Japanese, half-width katakana", "iso-2022-jp", "\x1B(I1\x1B(B", "ｱ"},
      {"Japanese, JIS X 0212", "iso-2022-jp-1", "\x1B$(D0!\x1B(B", "丂"},
      {"Japanese, no way back at the end", "iso-2022-jp", "\x1B$BF|K\\", "日本"},
      {"Japanese, a cut pair", "iso-2022-jp", "\x1B$BF|K", "日K"},
      {"Korean in seven bits", "iso-2022-kr", "\x1B$)C\x0EGQ1[\x0F ok", "한글 ok"},
      {"Korean: a line end is a way back", "iso-2022-kr", "\x1B$)C\x0EGQ\nGQ", "한\nGQ"},
      {"Chinese in seven bits", "hz-gb-2312", "~{VP9z~} ~~ a~\nb", "中国 ~ ab"},
      {"Chinese: a line end is a way back", "HZ", "~{VP\nVP", "中\nVP"},
      {"nothing", "utf-16", "", ""},
      {"half a mark", "", "\xFF", "ÿ"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(utf8(c.bytes, c.charset) == c.want);
  }
}

TEST_CASE("text: HTML may declare its own charset") {
  struct Case {
    std::string why, bytes, want;
  };
  const Case cases[] = {
      {"the short form", "<html><head><meta charset=koi8-r>", "koi8-r"},
      {"in quotes", "<META CHARSET = 'Windows-1251' />", "windows-1251"},
      {"the long form", "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=big5\">", "big5"},
      {"the long form, other way round", "<meta content='text/html;charset=gb2312' http-equiv=content-type>",
       "gb2312"},
      {"the long form, quotes inside", "<meta http-equiv=content-type content='x; charset=\"big5\"'>",
       "big5"},
      {"a content without its pragma", "<meta name=x content='text/html; charset=big5'>", ""},
      {"an XML declaration", "<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?><html>", "iso-8859-2"},
      {"UTF-16 that can be read is none", "<meta charset=utf-16>", "utf-8"},
      {"an unknown one, then a known one", "<meta charset=klingon><meta charset=big5>", "big5"},
      {"a known one among junk",
       "<meta charset='\xB0\xB0"
       "big5'>",
       ""},
      {"inside a comment", "<!-- <meta charset=big5> --><p>", ""},
      {"behind a comment", "<!--> <meta charset=big5>", "big5"},
      {"inside an attribute", "<a title='<meta charset=big5>'>", ""},
      {"inside a declaration", "<!DOCTYPE <meta charset=big5>", ""},
      {"another element", "<metal charset=big5>", ""},
      {"a comment without end", "<!-- <meta charset=big5>", ""},
      {"a value without end", "<meta charset='big5", "big5"},
      {"no value", "<meta charset>", ""},
      {"too far behind", std::string(1024, ' ') + "<meta charset=big5>", ""},
      {"only brackets", std::string(1024, '<'), ""},
      {"nothing", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(html_charset(c.bytes) == c.want);
  }
}

TEST_CASE("text: white space is one blank, and one LF between paragraphs") {
  struct Case {
    std::string why, text, want;
  };
  const Case cases[] = {
      {"runs", "a  b\t\tc", "a b c"},
      {"both ends", " \r\n a \n\n", "a"},
      {"a line end is a blank", "a\r\nb\nc\rd", "a b c d"},
      {"an empty line ends a paragraph", "a\r\n\r\nb\n\nc\r\rd", "a\nb\nc\nd"},
      {"so does a line of blanks", "a\n \t \nb", "a\nb"},
      {"form feeds and the like", "a\f\vb", "a b"},
      {"spaces of Unicode", "a\u00A0b\u1680c\u2000d\u200Ae\u202Ff\u205Fg\u3000h", "a b c d e f g h"},
      {"line ends of Unicode", "a\u0085\u0085b\u2028c\u2029\u2028d", "a\nb c\nd"},
      {"their neighbours", "\u00A1 \u1681\u2010\u200B\u2030\u205E\u3001",
       "\u00A1 \u1681\u2010\u200B\u2030\u205E\u3001"},
      {"what is unseen stays", "a\u200B\u202E b", "a\u200B\u202E b"},
      {"only white space", " \u00A0\n\n ", ""},
      {"nothing", "", ""},
      {"a mixed run", "a \u00A0 b", "a b"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(fold_white_space(c.text) == c.want);
  }
}

TEST_CASE("text: characters are counted by what they are") {
  const TextCounts counts = count_text("Hello, World 42!\r\n\r\n  \nthe end\n");
  CHECK(counts.characters == 31);
  CHECK(counts.letters == 16);
  CHECK(counts.capitals == 2);
  CHECK(counts.digits == 2);
  CHECK(counts.words == 5);
  CHECK(counts.lines == 2);
  CHECK(counts.scripts[static_cast<std::size_t>(Script::latin)] == 16);
  CHECK(count_text("").characters == 0);
}

TEST_CASE("text: letters are counted by script") {
  struct Case {
    Script script;
    std::string text;
  };
  const Case cases[] = {
      {Script::latin, "Ünïcöđé"},   {Script::cyrillic, "привет"}, {Script::greek, "αβγ"},
      {Script::arabic, "مرحبا"},    {Script::hebrew, "שלום"},     {Script::han, "漢字\U00020000"},
      {Script::kana, "かなカナー"}, {Script::hangul, "한글"},     {Script::thai, "กขค"},
      {Script::devanagari, "नमत"},  {Script::other, "ԱԲԳ"},       {Script::latin, "ＡＢｃ"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const TextCounts counts = count_text(c.text);
    CHECK(counts.letters == counts.characters);
    CHECK(counts.scripts[static_cast<std::size_t>(c.script)] == counts.characters);
    CHECK(counts.words == 1);
  }
  CHECK(name(Script::devanagari) == "devanagari");
}

TEST_CASE("text: what hides in it is counted") {
  struct Case {
    std::string why, text;
    std::size_t zero_width, bidi, replacement, confusable, mixed, emoji, words;
  };
  const Case cases[] = {
      {"plain", "Viagra", 0, 0, 0, 0, 0, 0, 1},
      {"split by what is unseen, still a word", "Vi\u200Bag\u00ADra\uFEFF", 3, 0, 0, 0, 0, 0, 1},
      {"an override", "a\u202Eb\u2066c", 0, 2, 0, 0, 0, 0, 1},
      {"broken", "a\uFFFDb", 0, 0, 1, 0, 0, 0, 2},
      {"Cyrillic among Latin", "P\u0430yp\u0430l", 0, 0, 0, 2, 1, 0, 1},
      {"Latin behind Cyrillic", "\u0421heap", 0, 0, 0, 1, 1, 0, 1},
      {"Latin before Cyrillic", "Sal\u0435", 0, 0, 0, 1, 1, 0, 1},
      {"across what is unseen", "P\u200B\u0430y", 1, 0, 0, 1, 1, 0, 1},
      {"Cyrillic that looks like nothing Latin", "x\u0436", 0, 0, 0, 0, 1, 0, 1},
      {"words side by side", "pay \u0440\u0430\u0443", 0, 0, 0, 0, 0, 0, 2},
      {"Cyrillic alone", "\u0441\u043E\u0440\u0430", 0, 0, 0, 0, 0, 0, 1},
      {"full-width among Latin", "V\uFF49agra", 0, 0, 0, 1, 1, 0, 1},
      {"mathematical among Latin", "V\U0001D422agra", 0, 0, 0, 1, 0, 0, 1},
      {"Turkish is no trick", "s\u0131cak", 0, 0, 0, 0, 0, 0, 1},
      {"accents are no trick", "caf\u00E9 nai\u0308ve", 0, 0, 0, 0, 0, 0, 2},
      {"Latin and Han", "ABC\u6F22", 0, 0, 0, 0, 0, 0, 1},
      {"an emoji of four", "\U0001F468\u200D\U0001F469\u200D\U0001F467", 0, 0, 0, 0, 0, 3, 0},
      {"with a selector", "\u2764\uFE0F\u200D\U0001F525", 0, 0, 0, 0, 0, 2, 0},
      {"a skin is none", "\U0001F44D\U0001F3FD", 0, 0, 0, 0, 0, 1, 0},
      {"Persian needs a joiner", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", 0, 0, 0, 0, 0, 0, 1},
      {"padding of joiners", " \u200C \u200C \u200D", 3, 0, 0, 0, 0, 0, 0},
      {"a text of selectors", "\u2764\uFE0F\uFE0E\U000E0100\U000E0101", 3, 0, 0, 0, 0, 1, 0},
      {"letters that are tags", "\U000E0041\U000E0042", 2, 0, 0, 0, 0, 0, 0},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const TextCounts counts = count_text(c.text);
    CHECK(counts.zero_width == c.zero_width);
    CHECK(counts.bidi == c.bidi);
    CHECK(counts.replacement == c.replacement);
    CHECK(counts.confusable == c.confusable);
    CHECK(counts.mixed_words == c.mixed);
    CHECK(counts.emoji == c.emoji);
    CHECK(counts.words == c.words);
  }
}

TEST_CASE("text: counts of two texts add up") {
  TextCounts sum = count_text("One 1\n");
  sum += count_text("zwei\u200B");
  CHECK(sum.letters == 7);
  CHECK(sum.zero_width == 1);
  CHECK(sum.lines == 2);
}

TEST_CASE("text: a skeleton is the text as it looks") {
  struct Case {
    std::string text, want;
  };
  const Case cases[] = {
      {"PayPal 1", "PayPal 1"},
      {"\u0420\u0430\u0443\u0420\u0430\u04CF", "PayPal"},
      {"\u0406ntel", "Intel"},
      {"\uFF30\uFF41\uFF59\uFF11", "Pay1"},
      {"\U0001D5D4\U0001D622\U0001D6AA\U0001D6FC\U0001D7D7", "Aa\U0001D6AAa9"},
      {"\u24D0\U0001F130\U0001F171", "aAB"},
      {"\u2102\u212A\u2160", "CKI"},
      {"P\u200Bay\u202EPal\uFE0F", "PayPal"},
      {"caf\u00E9 \u0436", "caf\u00E9 \u0436"},
      {"", ""},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(skeleton(c.text) == c.want);
  }
}

TEST_CASE("text: every code point has one kind and its UTF-8 reads back") {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    std::string bytes;
    append_code_point(bytes, code);
    const CodePoint back = code_point_at(bytes, 0);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (back.length != bytes.size() || back.value != (surrogate ? kReplacementCharacter : code)) FAIL(+code);
    const CharacterKind kind = character_kind(code);
    const bool white = kind == CharacterKind::space || kind == CharacterKind::line_end;
    if (!surrogate && white != (white_space_length(bytes, 0) == bytes.size())) FAIL(+code);
    const char letter = latin_lookalike(code);
    if (letter != 0 && (code < 0x80 || is_space(letter) || is_control(letter))) FAIL(+code);
  }
}
