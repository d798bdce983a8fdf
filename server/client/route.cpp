#include "server/client/route.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <system_error>
#include <thread>

#include "server/client/exit_status.h"

namespace xspamd::client {

namespace {

tl::unexpected<Failure> failure(int status, std::string why) {
  return tl::unexpected<Failure>(Failure{status, std::move(why)});
}

// The address that tests of spamc use as one that always fails.
bool is_broadcast(const SocketAddress& address) {
  if (address.storage.ss_family != AF_INET) return false;
  return reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr.s_addr == INADDR_BROADCAST;
}

}  // namespace

int status_of_connect(int system_error) {
  switch (system_error) {
    case ECONNREFUSED:
    case ETIMEDOUT:
    case ENETUNREACH:
      return kUnavailable;
    case EACCES:
      return kNoRights;
    default:
      return kSoftware;
  }
}

Attempt<void> Route::resolve() {
  if (options_.tls) {
    auto tls = Tls::load(*options_.tls);
    if (!tls) return failure(kSystem, std::move(tls.error().sentence));
    tls_ = std::move(*tls);
  }
  Failure last{kNoHost, ""};
  for (const Endpoint& host : options_.hosts) {
    auto addresses = client::resolve(host, options_.family);
    if (addresses) {
      hosts_.push_back({host.text(), std::move(*addresses)});
      continue;
    }
    // The least lasting of the troubles counts.
    if (addresses.error().code == Errc::unavailable) last.status = kTryAgain;
    last.why = fmt::format("no address of {}: {}", host.text(), addresses.error().sentence);
  }
  if (hosts_.empty()) return tl::unexpected<Failure>(last);
  if (options_.shuffled) {
    std::random_device random;
    const std::size_t first = random() % hosts_.size();
    std::ranges::rotate(hosts_, hosts_.begin() + static_cast<std::ptrdiff_t>(first));
  }
  if (options_.first_only) hosts_.erase(hosts_.begin() + 1, hosts_.end());
  return {};
}

void Route::turn() {
  std::ranges::rotate(hosts_, hosts_.begin() + 1);
}

Attempt<UniqueFd> Route::connect_to_host(const Host& host) {
  int error = ENETUNREACH;
  for (const SocketAddress& address : host.addresses) {
    if (is_broadcast(address)) continue;
    auto fd = connect_to(address, Clock::now() + options_.connect_timeout);
    if (fd) return std::move(*fd);
    error = fd.error();
  }
  return failure(status_of_connect(error),
                 fmt::format("cannot connect to {}: {}", host.name, std::generic_category().message(error)));
}

Attempt<Connection> Route::secured(UniqueFd fd, const Host& host) const {
  Connection connection(std::move(fd));
  if (!tls_) return connection;
  auto secure = connection.secure(*tls_, Clock::now() + options_.connect_timeout);
  if (!secure)
    return failure(kUnavailable, fmt::format("no TLS with {}: {}", host.name, secure.error().sentence));
  return connection;
}

Attempt<Connection> Route::connect() {
  const bool is_socket = hosts_.front().addresses.front().storage.ss_family == AF_UNIX;
  const std::size_t tries = is_socket ? 1 : std::max<std::size_t>(options_.tries, hosts_.size());
  for (std::size_t tried = 0;;) {
    const Host& host = hosts_[tried % hosts_.size()];
    auto fd = connect_to_host(host);
    if (fd) return secured(std::move(*fd), host);
    if (++tried == tries) return tl::unexpected<Failure>(fd.error());
    // A host that refuses is no reason to let the next one wait.
    const bool another = fd.error().status == kUnavailable && tried < hosts_.size();
    if (!another) std::this_thread::sleep_for(options_.pause);
  }
}

}  // namespace xspamd::client
