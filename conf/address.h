// Addresses as configuration writes them: "127.0.0.1:11333", "[::1]:11333", "tls:[::1]:783",
// "unix:/run/xspamd.sock", and for DNS servers "192.0.2.53", "[2001:db8::53]:5301" with port 53 where none is
// given. Nothing is resolved here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::conf {

struct Address {
  std::string host;  // an IP address or a host name, without brackets
  std::uint16_t port = 0;
  std::string path;  // of a unix socket; then host is empty
  bool tls = false;  // written with "tls:" before it
};

Result<Address> parse_address(std::string_view text);     // port 0: any free one
Result<Address> parse_dns_server(std::string_view text);  // an IP address, never a name

}  // namespace xspamd::conf
