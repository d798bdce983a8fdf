// The fields of the header as SpamAssassin 4.0.1 makes tokens of them: the words of a field behind "H", its
// name (some by a short one) and ":". Addresses, Message-IDs, the two earliest Received fields and boundaries
// are taken to pieces first, and what the Received fields tell of each relay is taken as two fields more.
// Left out: its list of fields that filters write, whose words were never learned; the relays that it trusts
// by configuration, of which a backup tells nothing; what it removes from Received and Content-Type, which
// was never learned either.
#pragma once

#include "rules/bayes/sa_token_set.h"
#include "rules/bayes/sa_tokens.h"

namespace xspamd::bayes {

void add_sa_fields(SaTokenSet& tokens, const Mail& mail, const SaTokenLimits& limits);

}  // namespace xspamd::bayes
