// RSPAMC 1.0 to 1.3, the dialect of Exim's variant=rspamd: request headers in, reply out.
// The reply obeys Exim's parser: CRLF in every line; status, Metric, Action in this order; numbers within
// +-9999.9; at most `max_bytes`; nothing of foreign origin can end a line. The printed values add up to the
// printed total exactly; what does not fit is folded into MORE_SYMBOLS[n], which carries its sum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "proto/request.h"
#include "proto/verdict.h"

namespace xspamd::rspamc {

// Takes one header of the request head into the envelope; unknown names are passed over. Of a name that
// comes twice the first counts (`seen` remembers), except Rcpt, which lists.
void apply_header(Request& request, std::string_view name, std::string_view value, std::uint32_t& seen);

struct ReplyOptions {
  std::size_t max_bytes = 16 * 1024;  // limits.report
  std::map<Action, Action> map;       // exim.map: actions renamed for ACLs that know only three
};

std::string write(const Request& request, const Verdict& verdict, const ReplyOptions& options);
std::string write_pong(const Request& request);

}  // namespace xspamd::rspamc
