// Tokens of the way a message came: the client of the envelope and those of the judged hops.
#pragma once

#include "rules/bayes/token_set.h"
#include "rules/bayes/tokens.h"

namespace xspamd::bayes {

void add_hops(TokenSet& tokens, const Mail& mail, const TokenLimits& limits);

}  // namespace xspamd::bayes
