#include "rules/bayes/links.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/bayes/domains.h"
#include "rules/bayes/words.h"

namespace xspamd::bayes {

namespace {

constexpr std::size_t kPathWords = 8;
constexpr UrlTrick kLastTrick = UrlTrick::zero_width;

void add_tricks(TokenSet& tokens, UrlTricks tricks) {
  for (int i = 0; i <= static_cast<int>(kLastTrick); ++i) {
    const auto trick = static_cast<UrlTrick>(i);
    if (tricks.has(trick)) tokens.add(TokenKind::shape, "link", name(trick));
  }
}

// Of "host:password@": only that it is there.
void add_link(TokenSet& tokens, const Url& url) {
  const std::string_view role = url.is_email() ? "mail" : "web";
  tokens.add(TokenKind::link, role, url.host);
  if (url.domain != url.host) tokens.add(TokenKind::link, role, url.domain);
  tokens.add(TokenKind::link, "top", last_labels(url.host, 1));
  if (url.is_email()) return;
  tokens.add(TokenKind::shape, "scheme", url.scheme);
  tokens.add(TokenKind::shape, "place", name(url.place));
  if (url.mismatch) tokens.add(TokenKind::shape, "link text of another domain");
  if (url.hidden) tokens.add(TokenKind::shape, "hidden link");
  if (!url.query.empty()) tokens.add(TokenKind::shape, "link with query");
  WordLimits limits{kPathWords, 1};
  add_words(tokens, TokenKind::link_path, url.path, limits);
  if (const std::size_t dot = url.path.rfind('.'); dot != std::string::npos && url.path.size() - dot < 7)
    tokens.add(TokenKind::link_path, "ends", std::string_view(url.path).substr(dot));
  add_tricks(tokens, url.tricks);
}

}  // namespace

void add_links(TokenSet& tokens, const Message& message, const TokenLimits& limits) {
  const auto& urls = message.urls();
  for (std::size_t i = 0; i < std::min(urls.size(), limits.fields); ++i)
    add_link(tokens, urls[i]);
  std::size_t web = 0;
  for (const Url& url : urls)
    web += url.is_email() ? 0 : 1;
  tokens.add_count(TokenKind::shape, "links", web);
}

}  // namespace xspamd::bayes
