#include "rules/bayes/sa_token_set.h"

#include "rules/auth/crypto.h"

namespace xspamd {

std::uint64_t sa_token(std::string_view text) {
  constexpr std::size_t kBytes = kSaHashBits / 8;
  const std::string digest = auth::digest_of(auth::Hash::sha1, text);
  std::uint64_t hash = 0;
  for (const char c : std::string_view(digest).substr(digest.size() - kBytes))
    hash = hash << 8 | static_cast<unsigned char>(c);
  return sa_token_from(hash);
}

namespace bayes {

namespace {

std::uint64_t hash_as_written(std::string_view text) {
  WordHash hash;
  for (const char c : text)
    hash.add(static_cast<unsigned char>(c));
  return hash.value() | 1;
}

}  // namespace

SaTokenSet::SaTokenSet(std::size_t most, std::vector<std::string>* names)
    : most_(most), names_(names), seen_(2 * most + 1) {}

// Words come again and again, and SHA-1 costs ten times as much as looking whether one was here before.
void SaTokenSet::add(std::string_view mark, std::string_view word) {
  if (full()) return;
  text_.assign(mark);
  text_ += word;
  if (text_.empty() || !seen_.place(hash_as_written(text_))) return;
  tokens_.push_back(sa_token(text_));
  if (names_ != nullptr) names_->push_back(text_);
}

}  // namespace bayes
}  // namespace xspamd
