// WordReader: the words of a text, one after the other, as Bayes tokens are made of them. A word is a run of
// letters, digits and marks (Unicode 15.0), in one case; apostrophes within it and characters that no reader
// sees are passed over. Numbers of more than four digits and amounts of money are told by their shape
// ("$9,999.99"). URLs and the domains of mail addresses are one word each, whatever they say. Han, kana and
// Thai, which leave no blanks between words, come as pairs of neighbouring characters. Runs of "!" and "$"
// and single emoji are words too. The text is UTF-8; what is none separates words. Linear; views into the
// text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rules/bayes/token_set.h"

namespace xspamd::bayes {

enum class LetterCase { lower, first, capitals, mixed };  // no letters: lower

struct ReadWord : Word {
  LetterCase letter_case = LetterCase::lower;
  bool is_pair = false;  // of characters of a text without blanks
};

class WordReader {
 public:
  // Units of a word that count; what follows is passed over.
  static constexpr std::size_t kLongestWord = 24;

  explicit WordReader(std::string_view text) : text_(text) {}

  // Whether there was one more.
  bool next(ReadWord& word);

 private:
  struct Letters;

  bool next_ascii_mark(ReadWord& word);
  bool next_wide(ReadWord& word);
  void read_word(ReadWord& word);
  bool take_wide_letter(Letters& letters);
  bool is_ascii_letter(std::size_t at) const;
  bool continues_number(const Letters& letters) const;
  void finish(ReadWord& word, const Letters& letters, std::size_t begin);
  bool skip_address(ReadWord& word, std::size_t begin);
  std::size_t end_of_chunk() const;

  std::string_view text_;
  std::size_t at_ = 0;
  char32_t before_ = 0;  // the character of a script without blanks just in front, 0 if there is none
};

}  // namespace xspamd::bayes
