#include "rules/bayes/domains.h"

namespace xspamd::bayes {

std::string_view last_labels(std::string_view name, std::size_t labels) {
  std::size_t at = name.size();
  while (labels-- > 0) {
    if (at == 0) return name;
    at = name.rfind('.', at - 1);
    if (at == std::string_view::npos) return name;
  }
  return name.substr(at + 1);
}

void add_domain(TokenSet& tokens, TokenKind kind, std::string_view role, std::string_view name) {
  constexpr std::size_t kLongest = 255;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return tokens.add(kind, role, "none");
  if (name.size() > kLongest) return tokens.add(kind, role, "long");
  tokens.add(kind, role, name);
  const std::string_view two = last_labels(name, 2);
  if (two.size() < name.size()) tokens.add(kind, role, two);
  const std::string_view last = last_labels(name, 1);
  if (last.size() < name.size()) tokens.add(kind, role, last);
}

}  // namespace xspamd::bayes
