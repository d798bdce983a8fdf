// TokenSet: the distinct tokens of one message, in the order in which they came, at most so many. A token is
// the hash of its kind and its text; kinds keep the same word in a subject and in a text apart. With `names`
// it also tells what each token was, for explanations. Linear in what is added, whatever hashes are chosen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/bayes/hash_places.h"
#include "rules/bayes/token_hash.h"

namespace xspamd::bayes {

// The numbers are part of every stored token: never change one, never use one again.
enum class TokenKind : std::uint8_t {
  text = 1,
  hidden = 2,
  subject = 3,
  from_name = 4,
  address = 5,
  domain = 6,
  host = 7,
  network = 8,
  program = 9,
  field = 10,
  field_value = 11,
  field_order = 12,
  list = 13,
  link = 14,
  link_path = 15,
  html = 16,
  html_tag = 17,
  mime = 18,
  file = 19,
  shape = 20,
};
std::string_view name(TokenKind kind);

// The lowest bits of a token: what sort of evidence it is, so that the classifier can weigh sorts against
// each other. Never change a number.
enum class TokenGroup : std::uint8_t { words = 1, pairs, subject, sender, way, fields, links, shape };
inline constexpr std::uint64_t kGroupBits = 15;
constexpr std::size_t group_index(std::uint64_t token) {
  return token & kGroupBits;
}

// A word as WordReader gives it.
struct Word {
  std::uint64_t hash = 0;
  std::string_view text;
};

class TokenSet {
 public:
  TokenSet(std::size_t expected, std::size_t most, std::vector<std::string>* names = nullptr);

  void add(TokenKind kind, std::string_view text);
  // "text: value"; for many values of one sort.
  void add(TokenKind kind, std::string_view text, std::string_view value);
  // "text: class": counts by their magnitude: 0, 1, 2 to 3, 4 to 7, ...
  void add_count(TokenKind kind, std::string_view text, std::size_t count);
  void add_word(TokenKind kind, const Word& word);
  // Two words with `distance` - 1 words between them.
  void add_pair(TokenKind kind, const Word& first, const Word& second, unsigned distance);

  std::size_t size() const { return tokens_.size(); }
  std::vector<std::uint64_t> take() && { return std::move(tokens_); }

 private:
  bool insert(std::uint64_t token);
  void grow();

  std::size_t most_;
  std::vector<std::string>* names_;
  std::vector<std::uint64_t> tokens_;
  HashPlaces places_;
};

}  // namespace xspamd::bayes
