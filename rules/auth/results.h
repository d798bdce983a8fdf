// What was found out about who sent a message, as the results that mail programs and filters behind us read
// (RFC 8601). Pure.
#pragma once

#include <string_view>

#include "proto/authres.h"
#include "proto/request.h"
#include "rules/facts.h"

namespace xspamd::auth {

// `server`: our name, the authserv-id. What was not checked is left out, so there may be no result at all.
AuthenticationResults results_of(const Facts& facts, const Envelope& envelope, std::string_view server);

}  // namespace xspamd::auth
