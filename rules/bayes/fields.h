// Tokens of header fields: who it is from, by which way and with which program it came, and which fields
// there are, in which order. Left out are fields in which filters judge, and those that are written at
// delivery: a message may be learned after it and is scanned before it.
#pragma once

#include "rules/bayes/token_set.h"
#include "rules/bayes/tokens.h"

namespace xspamd::bayes {

void add_fields(TokenSet& tokens, const Mail& mail, const TokenLimits& limits);

}  // namespace xspamd::bayes
