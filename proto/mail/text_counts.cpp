// What the characters of a text are. Declared in proto/mail/text.h.
#include <cstring>
#include <iterator>

#include "proto/base/eight_bytes.h"
#include "proto/base/text.h"
#include "proto/base/utf8.h"
#include "proto/mail/character.h"
#include "proto/mail/confusable.h"
#include "proto/mail/text.h"

namespace xspamd {

namespace {

using Kind = CharacterKind;

constexpr std::string_view kScriptNames[] = {"latin", "cyrillic", "greek", "arabic",     "hebrew", "han",
                                             "kana",  "hangul",   "thai",  "devanagari", "other"};
static_assert(std::size(kScriptNames) == kScripts);
static_assert(static_cast<std::size_t>(Kind::other) == static_cast<std::size_t>(Script::other));

bool is_word_byte(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
}

// Sums masks of eight::Word: how many bytes were in them.
class Sum {
 public:
  void add(eight::Word mask) {
    bytes_ += mask >> 7;
    if (++added_ == 255) flush();
  }
  std::size_t total() {
    flush();
    return total_;
  }

 private:
  void flush() {
    // Bytes to sums of 16 bits, and those to one.
    constexpr eight::Word kEven = 0x00FF00FF00FF00FF;
    const eight::Word pairs = (bytes_ & kEven) + (bytes_ >> 8 & kEven);
    total_ += pairs * 0x0001000100010001 >> 48;
    bytes_ = 0;
    added_ = 0;
  }

  eight::Word bytes_ = 0;  // a counter for each byte
  unsigned added_ = 0;
  std::size_t total_ = 0;
};

// ASCII text, eight bytes at a time.
class AsciiCounter {
 public:
  void take(eight::Word word) {
    const eight::Word letter = eight::between(word | eight::every(0x20), 'a', 'z');
    const eight::Word digit = eight::between(word, '0', '9');
    const eight::Word of_word = letter | digit;
    letters.add(letter);
    capitals.add(eight::between(word, 'A', 'Z'));
    digits.add(digit);
    // Words begin where the byte before is of none.
    words.add(of_word & ~(of_word << 8 | in_word_ << 7));
    in_word_ = of_word >> 63;
    take_lines(eight::from(word, '!'), eight::equal(word, '\n') | eight::equal(word, '\r'));
  }

  void set_in_word(bool in_word) { in_word_ = in_word ? 1 : 0; }
  // Whether something was seen in the line that is open.
  bool in_line = false;

  std::size_t lines = 0;
  Sum letters, capitals, digits, words;

 private:
  void take_lines(eight::Word visible, eight::Word ends) {
    for (; ends != 0; ends &= ends - 1) {
      const eight::Word before = (ends & (~ends + 1)) - 1;
      lines += !in_line && (visible & before) != 0 ? 1 : 0;
      in_line = false;
      visible &= ~before;
    }
    lines += !in_line && visible != 0 ? 1 : 0;
    in_line = in_line || visible != 0;
  }

  eight::Word in_word_ = 0;  // 0 or 1
};

class Counter {
 public:
  explicit Counter(std::string_view text) : text_(text) {}

  TextCounts run() {
    while (at_ < text_.size()) {
      // A word with foreign letters is followed to its end character by character.
      const bool careful = in_word_ && foreign_;
      const std::size_t plain = careful ? 0 : ascii_length(text_.substr(at_));
      if (plain > 0)
        take_ascii(plain);
      else
        take_character();
    }
    end_word();
    const std::size_t letters = ascii_.letters.total();
    counts_.letters += letters;
    counts_.scripts[0] += letters;
    counts_.capitals += ascii_.capitals.total();
    counts_.digits += ascii_.digits.total();
    counts_.words += ascii_.words.total();
    counts_.lines = ascii_.lines;
    return counts_;
  }

 private:
  void take_ascii(std::size_t length) {
    const std::size_t begin = at_, end = at_ + length;
    ascii_.set_in_word(in_word_);
    for (; end - at_ >= sizeof(eight::Word); at_ += sizeof(eight::Word))
      ascii_.take(eight::load(text_.data() + at_));
    if (at_ < end) ascii_.take(eight::load_part(text_.substr(at_), end - at_));
    at_ = end;
    counts_.characters += length;
    previous_ = is_space(text_[end - 1])       ? Kind::space
                : is_word_byte(text_[end - 1]) ? Kind::latin
                                               : Kind::none;
    find_word(begin);
  }

  // The word that the ASCII text from `run` to here ends in, if it ends in one.
  void find_word(std::size_t run) {
    std::size_t begin = at_;
    bool latin = false;
    for (; begin > run && is_word_byte(text_[begin - 1]); --begin)
      latin = latin || !is_digit(text_[begin - 1]);
    const bool continued = in_word_ && begin == run;
    in_word_ = continued || begin < at_;
    latin_ = latin || (continued && latin_);
    if (!continued) word_begin_ = begin;
  }

  void take_character() {
    const CodePoint character = code_point_at(text_, at_);
    // Neighbours are mostly of one kind.
    if (character.value < range_.first || character.value > range_.last)
      range_ = character_range(character.value);
    const Kind kind = range_.kind;
    ++counts_.characters;
    if (is_letter(kind))
      take_letter(kind, character.value);
    else
      take_other(kind);
    at_ += character.length;
    previous_ = kind;
  }

  void take_letter(Kind kind, char32_t code) {
    begin_word();
    see();
    ++counts_.letters;
    if (code < 0x80 && code <= 'Z') ++counts_.capitals;
    const bool latin = kind == Kind::latin || kind == Kind::full_width;
    ++counts_.scripts[latin ? 0 : static_cast<std::size_t>(kind)];
    if (kind == Kind::latin) {
      latin_ = true;
    } else {
      foreign_ = true;
      mixing_ = mixing_ || kind == Kind::cyrillic || kind == Kind::greek || kind == Kind::full_width;
    }
  }

  void take_other(Kind kind) {
    switch (kind) {
      case Kind::digit:
        begin_word();
        see();
        ++counts_.digits;
        return;
      case Kind::mark:
        see();
        return;
      case Kind::zero_width:
        ++counts_.zero_width;
        return;
      case Kind::bidi:
        ++counts_.bidi;
        return;
      case Kind::joiner:
        counts_.zero_width += is_joinable() ? 0 : 1;
        return;
      case Kind::selector:
        counts_.zero_width += is_selectable() ? 0 : 1;
        return;
      case Kind::line_end:
        ascii_.in_line = false;
        break;
      case Kind::emoji:
        ++counts_.emoji;
        break;
      case Kind::replacement:
        ++counts_.replacement;
        break;
      default:
        break;
    }
    if (kind != Kind::space && kind != Kind::line_end) see();
    end_word();
  }

  // A joiner that the character before it is written with: in emoji, Arabic, the scripts of India.
  bool is_joinable() const {
    return previous_ == Kind::emoji || previous_ == Kind::selector || previous_ == Kind::mark ||
           previous_ == Kind::arabic || previous_ == Kind::devanagari || previous_ == Kind::other;
  }
  bool is_selectable() const {
    return is_letter(previous_) || previous_ == Kind::none || previous_ == Kind::digit ||
           previous_ == Kind::mark || previous_ == Kind::emoji;
  }

  void see() {
    ascii_.lines += ascii_.in_line ? 0 : 1;
    ascii_.in_line = true;
  }

  void begin_word() {
    if (in_word_) return;
    in_word_ = true;
    latin_ = false;
    word_begin_ = at_;
    ++counts_.words;
  }

  void end_word() {
    if (in_word_ && latin_ && foreign_) {
      counts_.mixed_words += mixing_ ? 1 : 0;
      count_confusables(text_.substr(word_begin_, at_ - word_begin_));
    }
    in_word_ = latin_ = false;
    foreign_ = mixing_ = false;
  }

  void count_confusables(std::string_view word) {
    for (std::size_t at = 0; at < word.size();) {
      const CodePoint character = code_point_at(word, at);
      at += character.length;
      const Kind kind = character_kind(character.value);
      const bool foreign = is_letter(kind) && kind != Kind::latin;
      if (foreign && latin_lookalike(character.value) != 0) ++counts_.confusable;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  TextCounts counts_;
  AsciiCounter ascii_;
  std::size_t word_begin_ = 0;  // of the word that is open
  bool in_word_ = false;
  bool latin_ = false;                      // the word has Latin letters
  bool foreign_ = false;                    // the word has letters that are not Latin
  bool mixing_ = false;                     // and some that must not stand beside Latin ones
  CharacterRange range_{1, 0, Kind::none};  // of the last character that was looked up
  Kind previous_ = Kind::line_end;
};

}  // namespace

std::string_view name(Script script) {
  return kScriptNames[static_cast<std::size_t>(script)];
}

TextCounts& TextCounts::operator+=(const TextCounts& other) {
  characters += other.characters;
  letters += other.letters;
  capitals += other.capitals;
  digits += other.digits;
  words += other.words;
  lines += other.lines;
  zero_width += other.zero_width;
  bidi += other.bidi;
  replacement += other.replacement;
  confusable += other.confusable;
  mixed_words += other.mixed_words;
  emoji += other.emoji;
  for (std::size_t i = 0; i < kScripts; ++i)
    scripts[i] += other.scripts[i];
  return *this;
}

TextCounts count_text(std::string_view utf8) {
  return Counter(utf8).run();
}

}  // namespace xspamd
