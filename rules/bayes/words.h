// Tokens of running text: words and sparse bigrams.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/bayes/token_set.h"

namespace xspamd::bayes {

struct WordLimits {
  std::size_t words = 0;  // what was read is taken off
  unsigned window = 1;    // 1: words alone
};

void add_words(TokenSet& tokens, TokenKind kind, std::string_view utf8, WordLimits& limits);

}  // namespace xspamd::bayes
