#include "proto/encoded_word.h"

#include <catch2/catch.hpp>

#include "proto/base/text.h"
#include "proto/mail/header.h"

using namespace xspamd;

TEST_CASE("encoded words: ASCII stays, the rest is Q or B, whichever is shorter") {
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"", ""},
      {"plain =?text?=", "plain =?text?="},
      {"a ä b", "a =?UTF-8?B?w6Q=?= b"},
      {"ä b ö", "=?UTF-8?B?w6QgYiDDtg==?="},
      {"x:ä,y z", "=?UTF-8?B?eDrDpCx5?= z"},
      {"äöü", "=?UTF-8?B?w6TDtsO8?="},
      {"für mich", "=?UTF-8?Q?f=C3=BCr?= mich"},
  };
  for (const Row& row : rows)
    CHECK(encode_words(row.text) == row.want);
}

TEST_CASE("encoded words: none is longer than 75 characters, and all together read as the text") {
  std::string text = "Subject ";
  for (int i = 0; i < 100; ++i)
    text += i % 3 == 0 ? "é" : i % 3 == 1 ? "漢" : "😀 ";
  text += "end";
  const std::string words = encode_words(text, "\n\t");
  CHECK(ascii_length(words) == words.size());
  for (const std::string_view line : split(words, '\n'))
    CHECK(line.size() <= 75 + std::string_view("Subject  end").size());
  CHECK(mail::decode_words(mail::unfold(words)) == text);
}
