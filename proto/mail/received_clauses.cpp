#include "proto/mail/received_clauses.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/lexical.h"

namespace xspamd::mail {

namespace {

constexpr std::size_t kMostTokens = 200;

struct Token {
  bool comment = false;
  std::string_view text;  // of a comment: without its parentheses
};

struct Tokens {
  std::vector<Token> list;
  std::string_view date;
  bool has_date = false;
};

constexpr std::array<bool, 256> make_stops() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view(" \t\r\n\v\f;(\""))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kStops = make_stops();

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_(text) {}

  Tokens read() {
    constexpr std::size_t kUsual = 32;
    tokens_.list.reserve(kUsual);
    while (at_ < text_.size())
      step();
    return std::move(tokens_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (c == ';') {
      add(false, text_.substr(at_, 1));
      tokens_.date = text_.substr(++at_);
      tokens_.has_date = true;
    } else if (const std::size_t length = c == '(' ? comment() : 0; length > 0) {
      add(true, text_.substr(at_ + 1, length - 2));
      at_ += length;
    } else {
      take_word();
    }
  }

  // Exim writes the sender as it came into "(envelope-from <...>)", and a quoted local part may hold
  // parentheses: there, and only there, quotes count.
  std::size_t comment() {
    if (!comments_) return 0;
    const std::string_view rest = text_.substr(at_);
    if (istarts_with(rest, "(envelope-from <\"") && quotes_) {
      constexpr std::size_t kQuote = 16;
      const std::size_t quoted = quoted_length(rest.substr(kQuote));
      const std::size_t close = quoted == 0 ? quoted : rest.find(')', kQuote + quoted);
      if (quoted > 0 && close != std::string_view::npos) return close + 1;
      quotes_ = false;
    }
    const std::size_t length = comment_length(rest);
    comments_ = length > 0;
    return length;
  }

  void take_word() {
    const std::size_t begin = at_++;
    if (text_[begin] == '"') at_ = begin;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (!kStops[static_cast<unsigned char>(c)]) {
        ++at_;
        continue;
      }
      if (is_space(c) || c == ';') break;
      if (c == '(' && comments_) break;
      const std::size_t length = c == '"' && quotes_ ? quoted_length(text_.substr(at_)) : 0;
      if (c == '"') quotes_ = length > 0;
      at_ += std::max<std::size_t>(length, 1);
    }
    add(false, text_.substr(begin, at_ - begin));
  }

  void add(bool comment, std::string_view text) {
    if (tokens_.list.size() < kMostTokens) tokens_.list.push_back({comment, text});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Tokens tokens_;
  bool comments_ = true;  // false after one without end: it is then an ordinary character
  bool quotes_ = true;
};

constexpr std::array<std::string_view, kClauses> kKeywords = {"from", "by",  "via", "with",
                                                              "id",   "for", "tls"};

std::size_t clause_of(const Token& token) {
  if (token.comment || token.text.size() < 2 || token.text.size() > 4) return kClauses;
  const auto* found = std::find_if(kKeywords.begin(), kKeywords.end(),
                                   [&](std::string_view keyword) { return iequals(token.text, keyword); });
  return static_cast<std::size_t>(found - kKeywords.begin());
}

bool ends_clause(const Token& token) {
  return token.comment || token.text == ";";
}

// "with Microsoft SMTP Server": up to the next clause or comment.
std::string_view long_value(const std::vector<Token>& tokens, std::size_t& i) {
  constexpr std::ptrdiff_t kLongestProtocol = 60;
  const char* begin = tokens[i].text.data();
  while (i + 1 < tokens.size() && clause_of(tokens[i + 1]) == kClauses && !ends_clause(tokens[i + 1]) &&
         tokens[i + 1].text.data() < begin + kLongestProtocol)
    ++i;
  const std::string_view last = tokens[i].text;
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

}  // namespace

ReceivedClauses read_clauses(std::string_view unfolded) {
  Tokens read = Tokenizer(unfolded).read();
  const std::vector<Token>& tokens = read.list;
  ReceivedClauses clauses;
  clauses.date = read.date;
  clauses.has_date = read.has_date;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool client = !clauses.seen[kBy];
    if (tokens[i].comment) {
      (client ? clauses.from_comments : clauses.comments).push_back(tokens[i].text);
      continue;
    }
    const std::size_t clause = clause_of(tokens[i]);
    if (clause == kClauses || clauses.seen[clause]) {
      (client ? clauses.from_words : clauses.words).push_back(tokens[i].text);
      continue;
    }
    clauses.seen[clause] = true;
    if (i + 1 == tokens.size() || ends_clause(tokens[i + 1])) continue;
    ++i;
    clauses.value[clause] = clause == kWith ? long_value(tokens, i) : tokens[i].text;
  }
  return clauses;
}

}  // namespace xspamd::mail
