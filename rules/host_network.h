// The network that an address is counted with: hosts change their address within it, and IPv6 gives each of
// them a network of its own.
#pragma once

#include "proto/base/ip.h"

namespace xspamd {

// The first `prefix` bits of the address, all of them where it has fewer.
Network network_of(const IpAddress& address, int prefix);

// "192.0.2.1", "2001:db8::/64": an address alone where the network is one.
std::string host_text(const Network& network);

}  // namespace xspamd
