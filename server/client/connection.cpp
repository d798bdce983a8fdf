#include "server/client/connection.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
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

// Of a call on a socket that does not block.
Moved moved(ssize_t result, short event) {
  if (result >= 0) return {static_cast<std::size_t>(result), 0};
  return {0, errno == EAGAIN || errno == EINTR ? event : short{0}};
}

}  // namespace

Result<void> Connection::secure(const Tls& tls, Clock::time_point until) {
  auto session = tls.start(fd_.get());
  if (!session) return tl::unexpected<Error>(session.error());
  for (;;) {
    const auto events = session->shake_hands();
    if (!events) return tl::unexpected<Error>(events.error());
    if (*events == 0) break;
    if (wait_for(fd_.get(), *events, until) == 0)
      return fail(Errc::limit, "no TLS handshake within the time limit");
  }
  session_ = std::move(*session);
  return {};
}

// In one call, so that a small message is not held back until its head has been acknowledged.
Moved Connection::send(std::span<const std::string_view> pieces) {
  if (session_) {
    const auto first = std::ranges::find_if(pieces, [](std::string_view piece) { return !piece.empty(); });
    return first == pieces.end() ? Moved{} : session_->send(*first);
  }
  std::array<iovec, 2> parts;
  const std::size_t count = std::min(parts.size(), pieces.size());
  for (std::size_t i = 0; i < count; ++i)
    parts[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
  msghdr header{};
  header.msg_iov = parts.data();
  header.msg_iovlen = count;
  return moved(::sendmsg(fd_.get(), &header, MSG_NOSIGNAL), POLLOUT);
}

void Connection::end_sending() {
  if (!session_) ::shutdown(fd_.get(), SHUT_WR);
}

Moved Connection::receive(std::span<char> buffer) {
  if (session_) return session_->receive(buffer);
  return moved(::recv(fd_.get(), buffer.data(), buffer.size(), 0), POLLIN);
}

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
