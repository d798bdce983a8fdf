// The replies of a Resolver, made of what servers sent.
#pragma once

#include <string>

#include "rules/io/dns.h"

namespace xspamd {

DnsReply unknown_reply(std::string why);
DnsReply absent_reply(DnsAnswer::Status status);
DnsReply found_reply(const dns::Found& found);

// "SERVFAIL", "REFUSED", "RCODE 16"
std::string reason(dns::Rcode rcode);

}  // namespace xspamd
