// The tokens of a message for the Bayes classifier: words of the texts and of the subject, alone and as
// orthogonal sparse bigrams (C. Siefkes et al., "Combining Winnow and Orthogonal Sparse Bigrams for
// Incremental Spam Filtering", 2004: each word with each of the words before it in a window, and their
// distance), and what fields, links, HTML, structure and attached files show. Never fields in which filters
// say what they think of the message. Pure, linear, bounded by TokenLimits; the same message gives the same
// tokens on every machine, with LF and with CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/check.h"

namespace xspamd {

struct TokenLimits {
  std::size_t words = 3000;        // of the texts
  std::size_t hidden_words = 300;  // of what the sender hid in HTML
  std::size_t subject_words = 100;
  std::size_t fields = 100;     // fields of the header, hops, parts, links and files: of each
  std::size_t tags = 1000;      // of HTML
  std::size_t tokens = 16'384;  // in all
  unsigned window = 2;          // words of a sparse bigram: 5 gives each word four partners. No better
                                // than 2 in tests/bench/bayes.cpp, and four times as many to store
};

// Distinct, never 0, in the order of their appearance. They are stored: see token_hash.h.
std::vector<std::uint64_t> bayes_tokens(const Mail& mail, const TokenLimits& limits = {});

// What each of those tokens is, in the same order, for explanations: "text: free.money".
std::vector<std::string> bayes_token_names(const Mail& mail, const TokenLimits& limits = {});

}  // namespace xspamd
