// Who SPF checks (RFC 7208 §2.3, §2.4, §4.3): the domain of the envelope's sender, or of the greeting where
// the sender is null. Pure.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::auth {

struct SpfIdentity {
  std::string local;   // "postmaster" if there is none
  std::string domain;  // A-labels, in lower case, without the final dot; as it came if it is no domain
  bool by_helo = false;
};
SpfIdentity spf_identity(std::string_view sender, std::string_view helo);

// §4.3: at least two labels, each of 1 to 63 bytes, 253 in all, ASCII; without a final dot.
bool is_complete_name(std::string_view name);

}  // namespace xspamd::auth
