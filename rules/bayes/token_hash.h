// The hash of Bayes tokens: 64 bits from text, the same on every machine and in every build, as the values
// are stored. What is here, the seed and the numbers of TokenKind must never change, or all that was learned
// is lost; tests/unit/rules/bayes/tokens_test.cpp holds values of today. No secret: the tables that hold
// tokens bound the work that chosen collisions can cause.
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/base/text.h"

namespace xspamd::bayes {

// Two rounds of multiplying and folding, after the finalizer of MurmurHash3 (A. Appleby, 2011).
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = (a ^ (b * 0x9E3779B97F4A7C15U)) + 0x7873616D64426179U;  // the seed: any number
  x = (x ^ (x >> 32)) * 0xFF51AFD7ED558CCDU;
  x = (x ^ (x >> 29)) * 0xC4CEB9FE1A85EC53U;
  return x ^ (x >> 32);
}

// Of a word as it is read, unit by unit, eight units at a time.
class WordHash {
 public:
  constexpr void add(unsigned char unit) {
    pending_ = pending_ << 8 | unit;
    if ((++units_ & 7U) == 0) fold();
  }
  // A character beyond ASCII: three units that no ASCII text has.
  constexpr void add_wide(char32_t code) {
    add(static_cast<unsigned char>(0x80U | (code >> 14 & 0x7FU)));
    add(static_cast<unsigned char>(0x80U | (code >> 7 & 0x7FU)));
    add(static_cast<unsigned char>(0x80U | (code & 0x7FU)));
  }
  constexpr std::uint64_t value() const { return mix(state_ ^ pending_, units_); }

 private:
  constexpr void fold() {
    state_ = mix(state_, pending_);
    pending_ = 0;
  }

  std::uint64_t state_ = 0;
  std::uint64_t pending_ = 0;
  std::uint64_t units_ = 0;
};

// Of a text as it stands, ASCII letters in lower case.
constexpr std::uint64_t hash_of(std::string_view text) {
  WordHash hash;
  for (const char c : text)
    hash.add(static_cast<unsigned char>(to_lower(c)));
  return hash.value();
}

}  // namespace xspamd::bayes
