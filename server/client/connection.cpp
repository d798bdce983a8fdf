#include "server/client/connection.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <system_error>

namespace xspamd::client {

namespace {

using std::chrono::milliseconds;

std::string why(int error) {
  return std::generic_category().message(error);
}

SocketAddress unix_address(const std::string& path) {
  SocketAddress address;
  auto& place = reinterpret_cast<sockaddr_un&>(address.storage);
  place.sun_family = AF_UNIX;
  path.copy(place.sun_path, sizeof place.sun_path - 1);
  address.length = sizeof place;
  return address;
}

// 0, or what the system says.
int finish_connect(int fd, Clock::time_point until) {
  if (wait_for(fd, POLLOUT, until) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

int connect_one(int fd, const SocketAddress& address, Clock::time_point until) {
  constexpr milliseconds kPause(10);
  for (;;) {
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0) return 0;
    if (errno == EINPROGRESS || errno == EINTR) return finish_connect(fd, until);
    // A unix socket whose backlog is full.
    if (errno != EAGAIN || Clock::now() >= until) return errno;
    ::poll(nullptr, 0, static_cast<int>(kPause.count()));
  }
}

}  // namespace

short wait_for(int fd, short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    if (left <= 0) return 0;
    pollfd watched{fd, events, 0};
    const int wait = static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
    if (::poll(&watched, 1, wait) > 0) return watched.revents;
  }
}

Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint, int family) {
  if (!endpoint.socket.empty()) return std::vector{unix_address(endpoint.socket)};
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (error != 0)
    return fail(error == EAI_AGAIN ? Errc::unavailable : Errc::not_found, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.length = one->ai_addrlen;
    addresses.push_back(address);
  }
  return addresses;
}

tl::expected<UniqueFd, int> connect_to(const SocketAddress& address, Clock::time_point until) {
  UniqueFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int error = fd ? connect_one(fd.get(), address, until) : errno;
  if (error != 0) return tl::unexpected<int>(error);
  return fd;
}

Result<UniqueFd> connect_to(const std::vector<SocketAddress>& addresses, Clock::time_point until) {
  int error = EDESTADDRREQ;
  for (const SocketAddress& address : addresses) {
    auto fd = connect_to(address, until);
    if (fd) return std::move(*fd);
    error = fd.error();
  }
  return fail(Errc::unavailable, why(error));
}

}  // namespace xspamd::client
