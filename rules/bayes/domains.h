// Tokens of a host name: whole, its last two labels, its last.
#pragma once

#include <string_view>

#include "rules/bayes/token_set.h"

namespace xspamd::bayes {

void add_domain(TokenSet& tokens, TokenKind kind, std::string_view role, std::string_view name);

// The last `labels` labels of a name; all of it if it has no more.
std::string_view last_labels(std::string_view name, std::size_t labels);

}  // namespace xspamd::bayes
