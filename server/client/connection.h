// Connections to the server, each for one request, bare or in TLS. What is given a time blocks at most until
// then; only a name server may take longer. Any thread; a Connection belongs to one.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "server/client/endpoint.h"
#include "server/client/tls.h"
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

// What goes through a socket, which is non-blocking. Nothing but secure() waits.
class Connection {
 public:
  explicit Connection(UniqueFd fd) : fd_(std::move(fd)) {}

  // From here on in TLS. Fails when no session comes about until then.
  Result<void> secure(const Tls& tls, Clock::time_point until);

  int fd() const { return fd_.get(); }
  // Sends from the front of the pieces, as much as goes.
  Moved send(std::span<const std::string_view> pieces);
  // All has been sent. Without TLS our direction is closed; in TLS it stays open, as a server may take a
  // close_notify for the end of both.
  void end_sending();
  Moved receive(std::span<char> buffer);
  // Bytes are there of which poll() does not tell.
  bool has_more() const { return session_ && session_->has_more(); }

 private:
  UniqueFd fd_;
  std::optional<TlsSession> session_;  // goes before its socket
};

// Waits until `events` of poll() have come; those that have, or 0 when the time is over.
short wait_for(int fd, short events, Clock::time_point until);

}  // namespace xspamd::client
