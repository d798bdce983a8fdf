// Whether bytes are a reply that the clients of a dialect can read: what Exim's parser needs, checked without
// any of our own writers.
#pragma once

#include <string>
#include <string_view>

#include "proto/request.h"

namespace xspamd::test {

// Empty, or what is wrong with the RSPAMC reply: status, Metric and Action in this order, CRLF alone, known
// names behind them, and symbols that add up to the score exactly.
std::string rspamc_defect(std::string_view reply);
// Empty, or what is wrong with the SPAMC reply; only SKIP wants none.
std::string spamc_defect(std::string_view reply, Command command);

}  // namespace xspamd::test
