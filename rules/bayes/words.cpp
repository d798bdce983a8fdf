#include "rules/bayes/words.h"

#include <algorithm>
#include <array>

#include "rules/bayes/word_reader.h"

namespace xspamd::bayes {

namespace {

constexpr unsigned kWidestWindow = 8;

// The words before, latest first.
class Window {
 public:
  explicit Window(unsigned words) : most_(std::min(words, kWidestWindow) - (words > 0 ? 1 : 0)) {}

  void pair_with(TokenSet& tokens, TokenKind kind, const Word& word) {
    for (unsigned distance = 1; distance <= held_; ++distance)
      tokens.add_pair(kind, words_[(next_ - distance) % kWidestWindow], word, distance);
    if (most_ == 0) return;
    words_[next_++ % kWidestWindow] = word;
    held_ = std::min(held_ + 1, most_);
  }
  void clear() { held_ = 0; }

 private:
  std::array<Word, kWidestWindow> words_{};
  unsigned most_;
  unsigned held_ = 0;
  unsigned next_ = 0;
};

}  // namespace

void add_words(TokenSet& tokens, TokenKind kind, std::string_view utf8, WordLimits& limits) {
  WordReader reader(utf8);
  Window window(limits.window);
  ReadWord word;
  for (; limits.words > 0 && reader.next(word); --limits.words) {
    tokens.add_word(kind, word);
    if (word.letter_case == LetterCase::capitals || word.letter_case == LetterCase::mixed) {
      // As it is written, too.
      const auto marker = static_cast<std::uint64_t>(word.letter_case);
      tokens.add_word(kind, {mix(word.hash, marker), word.text});
    }
    if (word.is_pair) {
      window.clear();
    } else {
      window.pair_with(tokens, kind, word);
    }
  }
}

}  // namespace xspamd::bayes
