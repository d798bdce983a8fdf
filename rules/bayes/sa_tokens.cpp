#include "rules/bayes/sa_tokens.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/bayes/sa_fields.h"
#include "rules/bayes/sa_words.h"

namespace xspamd {

namespace {

using bayes::SaPlace;
using bayes::SaTokenSet;

constexpr std::string_view kHiddenMark = "I*:";

// A paragraph is one line to SpamAssassin.
void add_text(SaTokenSet& tokens, std::string_view mark, std::string_view text, std::size_t& words) {
  while (!text.empty() && words > 0) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    bayes::add_sa_words(tokens, SaPlace::text, mark, text.substr(0, end), words);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void add_links(SaTokenSet& tokens, const Message& message, const SaTokenLimits& limits) {
  constexpr std::size_t kLongestUrl = 1'024;
  std::size_t words = limits.link_words;
  const auto& urls = message.urls();
  for (std::size_t i = 0; i < std::min(urls.size(), limits.links); ++i)
    bayes::add_sa_words(tokens, SaPlace::link, "", std::string_view(urls[i].full).substr(0, kLongestUrl),
                        words);
}

SaTokenSet read_tokens(const Mail& mail, const SaTokenLimits& limits, std::vector<std::string>* names) {
  SaTokenSet tokens(limits.tokens, names);
  const Message& message = mail.message;
  // What is least comes first: texts may be long.
  bayes::add_sa_fields(tokens, mail, limits);
  add_links(tokens, message, limits);
  std::size_t words = limits.words;
  std::size_t hidden_words = limits.hidden_words;
  if (const Field* subject = message.first("Subject")) add_text(tokens, "", decoded(*subject), words);
  for (const Text& text : message.texts()) {
    add_text(tokens, "", text.visible, words);
    add_text(tokens, kHiddenMark, text.hidden, hidden_words);
  }
  return tokens;
}

}  // namespace

std::vector<std::uint64_t> sa_tokens(const Mail& mail, const SaTokenLimits& limits) {
  return read_tokens(mail, limits, nullptr).take();
}

std::vector<std::string> sa_token_names(const Mail& mail, const SaTokenLimits& limits) {
  std::vector<std::string> names;
  read_tokens(mail, limits, &names);
  return names;
}

}  // namespace xspamd
