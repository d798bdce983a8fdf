// Texts for tests of near copies: as many words as wanted, the same in every run, no word like another.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

namespace xspamd::test {

// Words of letters alone, other ones for each seed.
inline std::vector<std::string> made_words(std::size_t count, unsigned seed) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) {
    std::string word;
    for (std::size_t rest = i * 7919 + seed * 104'729 + 26; rest > 0; rest /= 26)
      word += static_cast<char>('a' + rest % 26);
    words.push_back(word);
  }
  return words;
}

inline std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

inline std::string made_text(std::size_t count, unsigned seed) {
  return joined(made_words(count, seed));
}

}  // namespace xspamd::test
