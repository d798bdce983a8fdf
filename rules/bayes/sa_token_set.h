// Tokens as SpamAssassin 4.0.1 knows them (its Bayes plugin, read 2026-11-22): a text in one letter case as
// it stands, with marks in front that say where it was found, kept as the last five bytes of its SHA-1. Ours
// are 64 bits made of those, so that what SpamAssassin learned can be looked up beside what we learned
// ourselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/bayes/token_set.h"

namespace xspamd {

// The bits of SpamAssassin's hash; the first of its five bytes is the most significant.
inline constexpr unsigned kSaHashBits = 40;
// Of all these tokens: a backup does not tell of what sort a token is. No token of ours has it, so these
// never meet.
inline constexpr std::uint64_t kSaTokenGroup = 9;
static_assert(kSaTokenGroup > static_cast<std::uint64_t>(bayes::TokenGroup::shape) &&
              kSaTokenGroup <= bayes::kGroupBits);

// Of a hash as a backup writes it. Stored: must never change.
constexpr std::uint64_t sa_token_from(std::uint64_t hash) {
  constexpr std::uint64_t kSeed = 0x5341426179657331U;  // any number
  return (bayes::mix(kSeed, hash) & ~bayes::kGroupBits) | kSaTokenGroup;
}
std::uint64_t sa_token(std::string_view text);

namespace bayes {

// The distinct tokens of one message in the order in which they came, at most so many. Linear in what is
// added, whatever texts are chosen.
class SaTokenSet {
 public:
  explicit SaTokenSet(std::size_t most, std::vector<std::string>* names = nullptr);

  // The text `mark` + `word`; nothing for an empty one.
  void add(std::string_view mark, std::string_view word);

  bool full() const { return tokens_.size() >= most_; }
  std::vector<std::uint64_t> take() && { return std::move(tokens_); }

 private:
  std::size_t most_;
  std::vector<std::string>* names_;
  std::vector<std::uint64_t> tokens_;
  HashPlaces seen_;   // hashes of texts
  std::string text_;  // its room is used again
};

}  // namespace bayes
}  // namespace xspamd
