// What of a text stays the same in a near copy of it: 32 minima over the hashes of its shingles, which are
// runs of neighbouring words (A. Broder, "On the resemblance and containment of documents", 1997), all from
// one hash of each (P. Li, A. Owen, C. Zhang, "One permutation hashing", 2012). The share of minima that two
// texts have in common estimates how many of their shingles they share. Only words count, in one case:
// numbers, words with digits, URLs and mail addresses differ from copy to copy. Pure, linear. The values are
// stored: the hash (rules/bayes/token_hash.h) and the constants below must never change.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::fuzzy {

inline constexpr std::size_t kShingles = 32;
inline constexpr std::size_t kWindow = 3;  // words of a shingle
// Texts that have fewer words, or say the same so often that they fill fewer of the 32 places, are like too
// many others.
inline constexpr std::size_t kLeastWords = 48;
inline constexpr std::size_t kLeastPlaces = 16;
// From so many on one is taken for a copy of the other (tests/bench/README.md).
inline constexpr std::size_t kLeastCommon = 14;

using Shingles = std::array<std::uint32_t, kShingles>;

struct TextShape {
  std::size_t words = 0;  // that count
  std::optional<Shingles> shingles;
};

TextShape text_shape(std::string_view utf8);

// Four bytes each, the lowest first.
std::string to_bytes(const Shingles& shingles);

// How many of the 32 are the same.
std::size_t common(const Shingles& a, const Shingles& b);

}  // namespace xspamd::fuzzy
