// Route: the servers that may be asked, and connecting to the first that answers, as spamc 4.0.1 does it: one
// host after the other, all addresses of a host before the next, with pauses; TLS with it. Blocks; one
// thread.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "server/client/connection.h"
#include "server/client/endpoint.h"
#include "server/client/tls.h"

namespace xspamd::client {

// What went wrong, and the exit status that says so.
struct Failure {
  int status = 0;
  std::string why;
};

template <class T>
using Attempt = tl::expected<T, Failure>;

struct RouteOptions {
  std::vector<Endpoint> hosts{Endpoint{}};
  int family = AF_UNSPEC;   // or AF_INET, AF_INET6
  bool shuffled = false;    // begins with any of them
  bool first_only = false;  // the others are not asked
  unsigned tries = 3;       // at least one for each host
  std::chrono::seconds pause{1};
  std::chrono::seconds connect_timeout{600};  // and as long again for the handshake of TLS
  std::optional<TlsOptions> tls;
};

class Route {
 public:
  explicit Route(RouteOptions options) : options_(std::move(options)) {}

  // Finds the addresses; a host without any is left out. Fails when none is left, or when a file that TLS
  // needs is of no use.
  Attempt<void> resolve();
  // After resolve(). A server that accepts the connection and fails at TLS is not tried again, as with spamc.
  Attempt<Connection> connect();
  // The next host is the first to be asked from here on.
  void turn();

 private:
  struct Host {
    std::string name;
    std::vector<SocketAddress> addresses;
  };
  Attempt<UniqueFd> connect_to_host(const Host& host);
  Attempt<Connection> secured(UniqueFd fd, const Host& host) const;

  RouteOptions options_;
  std::vector<Host> hosts_;
  std::optional<Tls> tls_;
};

// As spamc translates it: 69 refused or unreachable, 77 forbidden, 70 anything else.
int status_of_connect(int system_error);

}  // namespace xspamd::client
