// The tokens that SpamAssassin 4.0.1 would look up for a message, as far as what it sees can be seen here: so
// that what it learned before xspamd came tells spam from ham until enough of our own has been learned. See
// sa_words.h and sa_fields.h for what is alike and what is left out. Pure, linear, bounded by SaTokenLimits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/check.h"

namespace xspamd {

struct SaTokenLimits {
  std::size_t words = 6'000;  // of the texts and the subject
  std::size_t hidden_words = 500;
  std::size_t links = 100;  // URLs
  std::size_t link_words = 1'000;
  std::size_t fields = 200;
  std::size_t field_words = 2'000;
  std::size_t tokens = 4'000;  // in all
};

// Distinct, never 0, in the order of their appearance: those of sa_token_set.h.
std::vector<std::uint64_t> sa_tokens(const Mail& mail, const SaTokenLimits& limits = {});

// The text of each of those tokens, as SpamAssassin writes it: "H*F:D*example.com".
std::vector<std::string> sa_token_names(const Mail& mail, const SaTokenLimits& limits = {});

}  // namespace xspamd
