// The names of a client in the DNS: its PTR records, and which of them has the client's address in turn
// ("iprev", RFC 8601 §2.7.3). Pure; the answers come from an Inquiry. At most three names are looked at.
#pragma once

#include "rules/facts.h"
#include "rules/hosts/inquiry.h"

namespace xspamd {

// The name under which PTR records of an address stand (RFC 1035 §3.5, RFC 3596 §2.5).
std::string reverse_name(const IpAddress& address);

// Sets has_name, confirmed, names and verified of the facts.
void find_names(Inquiry& inquiry, const IpAddress& client, HostFacts& facts);

}  // namespace xspamd
