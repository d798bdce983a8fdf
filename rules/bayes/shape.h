// Tokens of how a message is built: HTML, MIME structure, attached files, what its texts are made of.
#pragma once

#include "rules/bayes/token_set.h"
#include "rules/bayes/tokens.h"

namespace xspamd::bayes {

void add_shape(TokenSet& tokens, const Message& message, const TokenLimits& limits);

}  // namespace xspamd::bayes
