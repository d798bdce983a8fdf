// Connections to the server, each for one request. Everything here blocks, at most until the time that is
// given; only a name server may take longer. Any thread.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "server/client/endpoint.h"
#include "server/unique_fd.h"

namespace xspamd::client {

using Clock = std::chrono::steady_clock;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

// All addresses of the server, in the order in which they are to be tried; `family` as of getaddrinfo().
// Fails with Errc::unavailable when a later try may find some.
Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint, int family = AF_UNSPEC);

// A connection, or what the system says (errno).
tl::expected<UniqueFd, int> connect_to(const SocketAddress& address, Clock::time_point until);

// A connection to the first that accepts one; fails with what the last of them said.
Result<UniqueFd> connect_to(const std::vector<SocketAddress>& addresses, Clock::time_point until);

// Waits until `events` of poll() have come; those that have, or 0 when the time is over.
short wait_for(int fd, short events, Clock::time_point until);

}  // namespace xspamd::client
