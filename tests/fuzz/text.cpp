// The text of a part, on any bytes under any charset (the first line of the input): UTF-8 comes out, and what
// is done eight bytes at a time is what looking at each character gives.
#include <cstdint>
#include <string>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/character.h"
#include "proto/mail/confusable.h"
#include "proto/mail/text.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

bool is_white(CharacterKind kind) {
  return kind == CharacterKind::space || kind == CharacterKind::line_end;
}

std::string folded(std::string_view utf8) {
  std::string text;
  std::size_t line_ends = 0;
  bool white = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint character = code_point_at(utf8, at);
    const CharacterKind kind = character_kind(character.value);
    if (is_white(kind)) {
      white = true;
      const bool pair = character.value == '\r' && utf8.substr(at).starts_with("\r\n");
      if (kind == CharacterKind::line_end && !pair) ++line_ends;
    } else {
      if (white && !text.empty()) text += line_ends >= 2 ? '\n' : ' ';
      white = false;
      line_ends = 0;
      text += utf8.substr(at, character.length);
    }
    at += character.length;
  }
  return text;
}

void check_counts(std::string_view utf8) {
  const TextCounts counts = count_text(utf8);
  TextCounts want;
  bool in_word = false, in_line = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint character = code_point_at(utf8, at);
    const CharacterKind kind = character_kind(character.value);
    at += character.length;
    ++want.characters;
    want.letters += is_letter(kind) ? 1 : 0;
    want.capitals += character.value >= 'A' && character.value <= 'Z' ? 1 : 0;
    want.digits += kind == CharacterKind::digit ? 1 : 0;
    const bool unseen = kind == CharacterKind::zero_width || kind == CharacterKind::joiner ||
                        kind == CharacterKind::selector || kind == CharacterKind::bidi;
    const bool of_word = is_letter(kind) || kind == CharacterKind::digit;
    if (of_word && !in_word) ++want.words;
    if (!unseen && kind != CharacterKind::mark) in_word = of_word;
    if (kind == CharacterKind::line_end) in_line = false;
    const bool visible = !unseen && !is_white(kind) && (character.value > ' ');
    if (visible && !in_line) ++want.lines;
    in_line = in_line || visible;
  }
  require(counts.characters == want.characters && counts.letters == want.letters);
  require(counts.capitals == want.capitals && counts.digits == want.digits);
  require(counts.words == want.words && counts.lines == want.lines);
  std::size_t letters = 0;
  for (const std::size_t script : counts.scripts)
    letters += script;
  require(letters == counts.letters && counts.mixed_words <= counts.words);
  require(counts.confusable <= counts.letters);
  TextCounts twice = counts;
  twice += counts;
  require(twice.letters == 2 * counts.letters && name(Script::other) == "other");
}

void check_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && utf8_length(bytes.substr(at)) > 0)
    at += utf8_length(bytes.substr(at));
  require(is_utf8(bytes) == (at == bytes.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  const std::string_view charset =
      line == std::string_view::npos ? std::string_view() : input.substr(0, line);
  const std::string_view bytes = line == std::string_view::npos ? input : input.substr(line + 1);

  check_utf8(bytes);
  const std::string declared = html_charset(bytes);
  require(declared.size() < 64 && declared == to_lower(declared));

  mail::Charsets charsets;
  const std::string text = text_to_utf8(bytes, charset, charsets);
  require(is_utf8(text) && text.find('\0') == std::string::npos);
  require(text.size() <= 4 * bytes.size() + 16);
  require(text_to_utf8(bytes, charset, charsets) == text);  // by the same converters

  require(fold_white_space(text) == folded(text));
  require(fold_white_space(bytes) == folded(bytes));
  check_counts(text);
  check_counts(bytes);

  const std::string seen = skeleton(text);
  require(is_utf8(seen) && seen.size() <= text.size() && skeleton(seen) == seen);
  return 0;
}
