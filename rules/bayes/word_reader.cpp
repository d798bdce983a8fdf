#include "rules/bayes/word_reader.h"

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/character.h"
#include "rules/bayes/letter_case.h"

namespace xspamd::bayes {

namespace {

enum class Byte : unsigned char { other, lower, upper, digit, wide, mark };

constexpr std::array<Byte, 256> kBytes = [] {
  std::array<Byte, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    if (c >= 'a' && c <= 'z') table[c] = Byte::lower;
    if (c >= 'A' && c <= 'Z') table[c] = Byte::upper;
    if (c >= '0' && c <= '9') table[c] = Byte::digit;
    if (c >= 0x80) table[c] = Byte::wide;
  }
  table['!'] = table['$'] = Byte::mark;
  return table;
}();

Byte byte_kind(char c) {
  return kBytes[static_cast<unsigned char>(c)];
}

// Scripts whose words no blanks part.
bool is_unparted(CharacterKind kind) {
  return kind == CharacterKind::han || kind == CharacterKind::kana || kind == CharacterKind::thai;
}

bool is_unseen(CharacterKind kind) {
  return kind == CharacterKind::zero_width || kind == CharacterKind::joiner ||
         kind == CharacterKind::selector || kind == CharacterKind::bidi;
}

constexpr std::uint64_t kUrl = hash_of("<url>");
constexpr std::uint64_t kAddress = hash_of("<address>");
constexpr std::uint64_t kWww = hash_of("www");
constexpr std::size_t kLongestExact = 4;  // digits of a number that is told as it stands

}  // namespace

// What a word has shown so far.
struct WordReader::Letters {
  WordHash hash;
  std::size_t units = 0;
  std::size_t lower = 0, upper = 0, digits = 0;
  bool first_is_upper = false;
  bool has_separator = false;

  bool is_number() const { return digits == units; }
  bool is_full() const { return units >= kLongestWord; }
  void take(char folded) {
    if (!is_full()) hash.add(static_cast<unsigned char>(folded));
    ++units;
  }
  void take_upper() {
    first_is_upper = first_is_upper || units == 0;
    ++upper;
  }
  LetterCase letter_case() const {
    if (upper == 0) return LetterCase::lower;
    if (lower == 0) return upper > 1 ? LetterCase::capitals : LetterCase::first;
    return upper == 1 && first_is_upper ? LetterCase::first : LetterCase::mixed;
  }
};

bool WordReader::next(ReadWord& word) {
  while (at_ < text_.size()) {
    switch (byte_kind(text_[at_])) {
      case Byte::lower:
      case Byte::upper:
      case Byte::digit:
        before_ = 0;
        read_word(word);
        return true;
      case Byte::mark:
        before_ = 0;
        if (next_ascii_mark(word)) return true;
        break;
      case Byte::wide:
        if (next_wide(word)) return true;
        break;
      case Byte::other:
        before_ = 0;
        if (text_[at_] == '@' && skip_address(word, at_)) return true;
        ++at_;
    }
  }
  return false;
}

// "!", "!!" and more than two are three words; one "$" belongs to an amount.
bool WordReader::next_ascii_mark(ReadWord& word) {
  const std::size_t begin = at_;
  const char mark = text_[at_];
  while (at_ < text_.size() && text_[at_] == mark)
    ++at_;
  const std::size_t length = std::min<std::size_t>(at_ - begin, 3);
  if (mark == '$' && length == 1) return false;
  word = {};
  word.text = text_.substr(begin, length);
  word.hash = hash_of(word.text);
  return true;
}

bool WordReader::next_wide(ReadWord& word) {
  const CodePoint character = code_point_at(text_, at_);
  const CharacterKind kind = character_kind(character.value);
  const std::size_t begin = at_;
  if (is_unparted(kind)) {
    at_ += character.length;
    const char32_t first = before_;
    before_ = character.value;
    if (first == 0) return false;
    WordHash hash;
    hash.add_wide(first);
    hash.add_wide(character.value);
    word = {};
    // The two characters of a pair are of three bytes or four, with nothing but unseen ones between.
    word.text = text_.substr(begin, character.length);
    word.hash = hash.value();
    word.is_pair = true;
    return true;
  }
  if (kind == CharacterKind::emoji) {
    before_ = 0;
    at_ += character.length;
    WordHash hash;
    hash.add_wide(character.value);
    word = {};
    word.text = text_.substr(begin, character.length);
    word.hash = hash.value();
    return true;
  }
  if (is_letter(kind) || kind == CharacterKind::digit) {
    before_ = 0;
    read_word(word);
    return true;
  }
  if (!is_unseen(kind)) before_ = 0;
  at_ += character.length;
  return false;
}

void WordReader::read_word(ReadWord& word) {
  const std::size_t begin = at_;
  Letters letters;
  for (bool more = true; more && at_ < text_.size();) {
    const char c = text_[at_];
    switch (byte_kind(c)) {
      case Byte::upper:
        letters.take_upper();
        letters.take(to_lower(c));
        ++at_;
        break;
      case Byte::lower:
        ++letters.lower;
        letters.take(c);
        ++at_;
        break;
      case Byte::digit:
        ++letters.digits;
        letters.take(c);
        ++at_;
        break;
      case Byte::wide:
        more = take_wide_letter(letters);
        break;
      default:
        if (c == '\'' && is_ascii_letter(at_ + 1)) {
          ++at_;
        } else if (continues_number(letters)) {
          letters.has_separator = true;
          ++at_;
        } else {
          more = false;
        }
    }
  }
  finish(word, letters, begin);
}

bool WordReader::is_ascii_letter(std::size_t at) const {
  return at < text_.size() && (byte_kind(text_[at]) == Byte::lower || byte_kind(text_[at]) == Byte::upper);
}

// A comma, a stop or a colon between two digits.
bool WordReader::continues_number(const Letters& letters) const {
  const char c = text_[at_];
  return letters.is_number() && (c == ',' || c == '.' || c == ':') && at_ + 1 < text_.size() &&
         byte_kind(text_[at_ - 1]) == Byte::digit && byte_kind(text_[at_ + 1]) == Byte::digit;
}

// False, with nothing taken, where the word ends.
bool WordReader::take_wide_letter(Letters& letters) {
  const CodePoint character = code_point_at(text_, at_);
  const CharacterKind kind = character_kind(character.value);
  const bool of_word = is_letter(kind) || kind == CharacterKind::digit || kind == CharacterKind::mark;
  const bool apostrophe = character.value == 0x2019 && is_ascii_letter(at_ + character.length);
  if (is_unparted(kind) || (!of_word && !is_unseen(kind) && !apostrophe)) return false;
  at_ += character.length;
  if (!of_word) return true;
  char32_t folded = lower_case(character.value);
  if (folded != character.value) {
    letters.take_upper();
  } else if (is_letter(kind)) {
    ++letters.lower;
  }
  // Full-width forms are their ASCII letters.
  if (folded >= 0xFF10 && folded <= 0xFF5A) folded -= 0xFEE0;
  if (folded < 0x80) {
    letters.take(static_cast<char>(folded));
  } else {
    if (!letters.is_full()) letters.hash.add_wide(folded);
    ++letters.units;
  }
  return true;
}

std::size_t WordReader::end_of_chunk() const {
  return std::min(text_.find_first_of(" \n<>\"", at_), text_.size());
}

// The rest of a mail address behind its "@".
bool WordReader::skip_address(ReadWord& word, std::size_t begin) {
  if (begin == 0 || begin + 1 >= text_.size()) return false;
  const auto of_address = [](char c) {
    const Byte kind = byte_kind(c);
    return kind == Byte::lower || kind == Byte::upper || kind == Byte::digit;
  };
  if (!of_address(text_[begin - 1]) || !of_address(text_[begin + 1])) return false;
  at_ = begin + 1;
  while (at_ < text_.size() && (of_address(text_[at_]) || text_[at_] == '.' || text_[at_] == '-'))
    ++at_;
  word = {};
  word.text = "<address>";
  word.hash = kAddress;
  return true;
}

void WordReader::finish(ReadWord& word, const Letters& letters, std::size_t begin) {
  word = {};
  word.text = text_.substr(begin, at_ - begin);
  word.letter_case = letters.letter_case();
  word.hash = letters.hash.value();
  const char next = at_ < text_.size() ? text_[at_] : ' ';
  if (letters.is_number()) {
    const bool money = begin > 0 && text_[begin - 1] == '$';
    const bool percent = next == '%';
    if (money || letters.has_separator || letters.digits > kLongestExact) {
      WordHash shape;
      if (money) shape.add('$');
      for (const char c : word.text.substr(0, kLongestWord)) {
        if (static_cast<unsigned char>(c) < 0x80)
          shape.add(is_digit(c) ? '9' : static_cast<unsigned char>(c));
      }
      word.hash = shape.value();
    }
    if (percent) word.hash = mix(word.hash, '%');
    return;
  }
  const bool scheme = next == ':' && text_.substr(at_).starts_with("://");
  if (scheme || (next == '.' && word.hash == kWww)) {
    at_ = end_of_chunk();
    word = {};
    word.text = "<url>";
    word.hash = kUrl;
  }
}

}  // namespace xspamd::bayes
