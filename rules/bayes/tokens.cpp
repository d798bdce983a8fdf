#include "rules/bayes/tokens.h"

#include "proto/mail/message.h"
#include "rules/bayes/fields.h"
#include "rules/bayes/links.h"
#include "rules/bayes/shape.h"
#include "rules/bayes/token_set.h"
#include "rules/bayes/words.h"

namespace xspamd {

namespace {

bayes::TokenSet read_tokens(const Mail& mail, const TokenLimits& limits, std::vector<std::string>* names) {
  std::size_t bytes = 0;
  for (const Text& text : mail.message.texts())
    bytes += text.visible.size();
  bayes::TokenSet tokens(bytes, limits.tokens, names);
  // What is least comes first: texts may be long.
  bayes::add_fields(tokens, mail, limits);
  bayes::add_shape(tokens, mail.message, limits);
  bayes::add_links(tokens, mail.message, limits);
  bayes::WordLimits words{limits.words, limits.window};
  bayes::WordLimits hidden{limits.hidden_words, 1};
  for (const Text& text : mail.message.texts()) {
    bayes::add_words(tokens, bayes::TokenKind::text, text.visible, words);
    bayes::add_words(tokens, bayes::TokenKind::hidden, text.hidden, hidden);
  }
  return tokens;
}

}  // namespace

std::vector<std::uint64_t> bayes_tokens(const Mail& mail, const TokenLimits& limits) {
  return read_tokens(mail, limits, nullptr).take();
}

std::vector<std::string> bayes_token_names(const Mail& mail, const TokenLimits& limits) {
  std::vector<std::string> names;
  read_tokens(mail, limits, &names);
  return names;
}

}  // namespace xspamd
