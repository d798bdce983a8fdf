#include "rules/bayes/token_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"

namespace xspamd::bayes {

namespace {

constexpr std::array<std::string_view, 21> kNames{
    "",     "text",    "hidden",  "subject", "from name", "address", "domain",
    "host", "network", "program", "field",   "field",     "fields",  "list",
    "link", "path",    "html",    "tag",     "mime",      "file",    "shape"};

TokenGroup group_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::text:
    case TokenKind::hidden:
      return TokenGroup::words;
    case TokenKind::subject:
      return TokenGroup::subject;
    case TokenKind::from_name:
    case TokenKind::address:
    case TokenKind::domain:
      return TokenGroup::sender;
    case TokenKind::host:
    case TokenKind::network:
      return TokenGroup::way;
    case TokenKind::program:
    case TokenKind::field:
    case TokenKind::field_value:
    case TokenKind::field_order:
    case TokenKind::list:
      return TokenGroup::fields;
    case TokenKind::link:
    case TokenKind::link_path:
      return TokenGroup::links;
    default:
      return TokenGroup::shape;
  }
}

// Never 0: that means a free place, here and in TokenTable.
std::uint64_t token_of(TokenKind kind, std::uint64_t hash, TokenGroup group) {
  const std::uint64_t token = mix(hash, static_cast<std::uint64_t>(kind));
  return (token & ~kGroupBits) | static_cast<std::uint64_t>(group);
}

std::uint64_t token_of(TokenKind kind, std::uint64_t hash) {
  return token_of(kind, hash, group_of(kind));
}

std::size_t within(std::size_t expected, std::size_t most) {
  constexpr std::size_t kLeast = 512;
  return std::clamp(expected, kLeast, std::max(kLeast, most));
}

}  // namespace

std::string_view name(TokenKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

TokenSet::TokenSet(std::size_t expected, std::size_t most, std::vector<std::string>* names)
    : most_(most), names_(names), places_(2 * within(expected, most)) {
  tokens_.reserve(within(expected, most));
}

bool TokenSet::insert(std::uint64_t token) {
  if (tokens_.size() >= most_ || !places_.place(token)) return false;
  tokens_.push_back(token);
  if (names_ != nullptr) names_->emplace_back();
  if (2 * tokens_.size() > places_.size()) grow();
  return tokens_.back() == token;
}

// Keeps what finds a place in the larger table, so that no token can come twice.
void TokenSet::grow() {
  places_.double_and_clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!places_.place(tokens_[i])) continue;
    tokens_[kept] = tokens_[i];
    if (names_ != nullptr && kept != i) (*names_)[kept] = std::move((*names_)[i]);
    ++kept;
  }
  tokens_.resize(kept);
  if (names_ != nullptr) names_->resize(kept);
}

void TokenSet::add(TokenKind kind, std::string_view text) {
  if (insert(token_of(kind, hash_of(text))) && names_ != nullptr)
    names_->back() = fmt::format("{}: {}", name(kind), to_lower(text));
}

void TokenSet::add(TokenKind kind, std::string_view text, std::string_view value) {
  if (insert(token_of(kind, mix(hash_of(text), hash_of(value)))) && names_ != nullptr)
    names_->back() = fmt::format("{}: {}={}", name(kind), to_lower(text), to_lower(value));
}

void TokenSet::add_count(TokenKind kind, std::string_view text, std::size_t count) {
  const auto magnitude = static_cast<unsigned>(std::bit_width(count));
  const std::array<char, 2> digits{static_cast<char>('0' + magnitude / 10),
                                   static_cast<char>('0' + magnitude % 10)};
  add(kind, text, {digits.data(), digits.size()});
}

void TokenSet::add_word(TokenKind kind, const Word& word) {
  if (insert(token_of(kind, word.hash)) && names_ != nullptr)
    names_->back() = fmt::format("{}: {}", name(kind), word.text);
}

void TokenSet::add_pair(TokenKind kind, const Word& first, const Word& second, unsigned distance) {
  const std::uint64_t pair = mix(first.hash + distance, second.hash);
  if (insert(token_of(kind, pair, kind == TokenKind::text ? TokenGroup::pairs : group_of(kind))) &&
      names_ != nullptr)
    names_->back() = fmt::format("{}: {}{:.>{}}{}", name(kind), first.text, "", distance, second.text);
}

}  // namespace xspamd::bayes
