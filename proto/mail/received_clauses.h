// The clauses of a Received field (RFC 5321 §4.4) before anything is made of them: which words stand behind
// which keyword, and which comments and other words around them. Views into the given text. Linear; words and
// comments beyond the 200th are not read.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace xspamd::mail {

enum Clause : std::size_t { kFrom, kBy, kVia, kWith, kId, kFor, kTls, kClauses };

// Only the first clause of a kind counts, and the word after a keyword is its value whatever it is: a client
// may call itself "by".
struct ReceivedClauses {
  std::array<std::string_view, kClauses> value{};  // one word; of "with" all up to the next clause or comment
  std::array<bool, kClauses> seen{};
  // Before "by" stands what the server says about its client. Comments without their parentheses.
  std::vector<std::string_view> from_comments;
  std::vector<std::string_view> from_words;  // that are no keyword and no value
  std::vector<std::string_view> comments;    // behind "by"
  std::vector<std::string_view> words;
  std::string_view date;  // behind the last semicolon outside comments
  bool has_date = false;
};

ReceivedClauses read_clauses(std::string_view unfolded);

}  // namespace xspamd::mail
