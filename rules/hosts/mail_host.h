// Whether a name that a client gives is that of a host, and whether mail reaches it (RFC 5321 §5.1). Pure;
// the answers come from an Inquiry, which asks for addresses first and for the rest only where there are
// none.
#pragma once

#include <string>

#include "rules/facts.h"
#include "rules/hosts/inquiry.h"

namespace xspamd {

// The A and AAAA records of a name.
struct HostAddress {
  Known exists = Known::unknown;
  Known is_client = Known::unknown;  // one of them is the client's
};
// Without a client, is_client stays unknown.
HostAddress find_address(Inquiry& inquiry, const std::string& name, const IpAddress* client = nullptr);

// The MX records of a name.
struct MailExchange {
  Known exists = Known::unknown;
  Known resolves = Known::unknown;  // one of them has an address
  bool is_null = false;             // RFC 7505: takes no mail
  std::string host;                 // one that resolves, else the first
};
MailExchange find_exchange(Inquiry& inquiry, const std::string& name);

}  // namespace xspamd
