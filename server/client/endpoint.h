// Where the server is: a host and a port, or the path of a unix socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::client {

struct Endpoint {
  static constexpr std::uint16_t kDefaultPort = 11333;

  std::string host = "127.0.0.1";  // an address without brackets, or a name
  std::uint16_t port = kDefaultPort;
  std::string socket;  // its path; then host and port count nothing

  std::string text() const;  // "127.0.0.1:11333", "[::1]:11333", the path of the socket
};

// HOST, HOST:PORT, an IPv6 address alone or "[ADDRESS]:PORT". `port` is one that was given beside it.
Result<Endpoint> parse_endpoint(std::string_view host, std::optional<std::uint16_t> port);

// Fails when the path is longer than the system takes.
Result<Endpoint> socket_endpoint(std::string_view path);

}  // namespace xspamd::client
