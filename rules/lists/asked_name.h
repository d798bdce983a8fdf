// The name under which a DNS list is asked about a value (RFC 5782 §2.1, §2.4): an address with its octets or
// nibbles turned round, a domain as it is, or a digest; then the zone. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ip.h"

namespace xspamd {

// "2.0.0.127"; for IPv6 32 nibbles.
std::string reversed(const IpAddress& address);

enum class ListHash { none, sha1, blake2 };  // SHA-256 does not fit into a label
// blake2: the first 32 characters of BLAKE2b-512 in z-base-32, low bits first, as rspamd's own lists want it.
std::string hashed(ListHash hash, std::string_view value);

// A host name fit to be asked about: in lower case, other scripts in their ASCII form, two labels at least.
// Nothing for what is none; addresses are none.
std::optional<std::string> askable_host(std::string_view text);

}  // namespace xspamd
