// Tokens of the URLs of a message: hosts, registered domains, words of paths, tricks.
#pragma once

#include "rules/bayes/token_set.h"
#include "rules/bayes/tokens.h"

namespace xspamd::bayes {

void add_links(TokenSet& tokens, const Message& message, const TokenLimits& limits);

}  // namespace xspamd::bayes
