#include "server/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

#include "proto/base/text.h"
#include "server/port_owner.h"
#include "server/unique_fd.h"

namespace xspamd {
namespace {

constexpr int kBacklog = 4096;  // the kernel caps it at net.core.somaxconn
constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kTls = "tls:";

// One TCP address to bind.
struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;
  bool may_lack = false;  // left out where the machine has no such address

  std::string text() const {
    return fmt::format(fmt::runtime(ip.is_v4() ? "{}:{}" : "[{}]:{}"), ip.to_string(), port);
  }
};

std::string why(int error) {
  return std::generic_category().message(error);
}

tl::unexpected<Error> refuse(std::string_view address, std::string_view rest) {
  return fail(Errc::unavailable, fmt::format("server.listen: {} {}", printable(address), rest));
}

Result<std::vector<Endpoint>> parse_tcp(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(0, colon);
  const auto port = colon == std::string::npos ? std::nullopt : parse_unsigned(text.substr(colon + 1));
  if (port && *port <= 65535) {
    const auto number = static_cast<std::uint16_t>(*port);
    if (iequals(host, "localhost")) {
      return std::vector<Endpoint>{{*IpAddress::parse("127.0.0.1"), number, false},
                                   {*IpAddress::parse("::1"), number, true}};
    }
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const auto ip = IpAddress::parse(bracketed ? host.substr(1, host.size() - 2) : host);
    const bool has_colon = host.find(':') != std::string::npos;
    if (ip && bracketed == has_colon) return std::vector<Endpoint>{{*ip, number, false}};
  }
  return fail(Errc::invalid,
              fmt::format("server.listen: {} is no address to listen on; write \"127.0.0.1:11333\", "
                          "\"[::1]:11333\", \"tls:127.0.0.1:783\", \"localhost:11333\" or \"unix:/path\"",
                          quoted(text)));
}

socklen_t fill(const Endpoint& endpoint, sockaddr_storage& storage) {
  storage = {};
  if (endpoint.ip.is_v4()) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, endpoint.ip.bytes().data(), sizeof address.sin_addr);
    return sizeof address;
  }
  auto& address = reinterpret_cast<sockaddr_in6&>(storage);
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(endpoint.port);
  std::memcpy(&address.sin6_addr, endpoint.ip.bytes().data(), sizeof address.sin6_addr);
  return sizeof address;
}

// 0, or what the system says.
int bind_tcp(const Endpoint& endpoint, UniqueFd& fd) {
  const int one = 1;
  const int family = endpoint.ip.is_v4() ? AF_INET : AF_INET6;
  fd.reset(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0) return errno;
  if (family == AF_INET6 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0)
    return errno;
  sockaddr_storage address;
  const socklen_t length = fill(endpoint, address);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) return errno;
  return ::listen(fd.get(), kBacklog) == 0 ? 0 : errno;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

// Nothing and a note when the address may be left out.
Result<std::optional<ListenSocket>> open_tcp(Endpoint endpoint, std::vector<std::string>& notes) {
  UniqueFd fd;
  const int error = bind_tcp(endpoint, fd);
  const std::string text = endpoint.text();
  switch (error) {
    case 0:
      endpoint.port = bound_port(fd.get());
      return ListenSocket{endpoint.text(), fd.release()};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      if (!endpoint.may_lack) return refuse(text, "cannot be bound: this machine has no such address");
      notes.push_back(fmt::format("not listening on {}: this machine has no such address", text));
      return std::nullopt;
    case EADDRINUSE:
      return refuse(text, "is taken by " + tcp_port_owner(endpoint.ip, endpoint.port));
    case EACCES:
      return refuse(text, "cannot be bound: ports below 1024 need root or CAP_NET_BIND_SERVICE");
    default:
      return refuse(text, "cannot be bound: " + why(error));
  }
}

std::string answering_process(int connected) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(connected, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid <= 0)
    return "another process";
  return process_name(peer.pid);
}

// Makes room at the path of a unix socket. A file is removed only when it is a socket that nobody answers.
Result<void> remove_stale(const std::string& text, const sockaddr_un& address) {
  struct stat found;
  if (::lstat(address.sun_path, &found) != 0) return {};  // absent, or bind says what is wrong
  if (!S_ISSOCK(found.st_mode)) return refuse(text, "cannot be bound: a file that is no socket is there");

  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe) return refuse(text, "cannot be bound: " + why(errno));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return refuse(text, "is taken by " + answering_process(probe.get()));
  switch (errno) {
    case EAGAIN:  // somebody listens and is busy
      return refuse(text, "is taken by another process");
    case ECONNREFUSED:
      if (::unlink(address.sun_path) == 0 || errno == ENOENT) return {};
      return refuse(text, "is stale and cannot be removed: " + why(errno));
    default:
      return refuse(text, "is there, and cannot be asked whether somebody listens: " + why(errno));
  }
}

Result<std::optional<gid_t>> find_socket_group(const std::string& name) {
  if (name.empty()) return std::nullopt;
  errno = 0;
  if (const group* found = ::getgrnam(name.c_str())) return found->gr_gid;
  return fail(Errc::not_found, fmt::format("server.socket_group: there is no group {}", quoted(name)));
}

// The file appears without any right and gets its own only when it belongs to the right group: nobody can
// connect in between.
int bind_unix(int fd, const sockaddr_un& address, unsigned mode, std::optional<gid_t> group) {
  const mode_t before = ::umask(0777);
  const int bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int bind_error = errno;
  ::umask(before);
  if (bound != 0) return bind_error;
  const bool fine = (!group || ::chown(address.sun_path, static_cast<uid_t>(-1), *group) == 0) &&
                    ::chmod(address.sun_path, static_cast<mode_t>(mode)) == 0 && ::listen(fd, kBacklog) == 0;
  if (fine) return 0;
  const int error = errno;
  ::unlink(address.sun_path);
  return error;
}

Result<ListenSocket> open_unix(const std::string& text, const conf::Server& server) {
  const std::string path = text.substr(kUnix.size());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path[0] != '/' || std::ranges::any_of(path, is_control))
    return fail(Errc::invalid,
                fmt::format("server.listen: {} needs an absolute path, as in \"unix:/run/xspamd.sock\"",
                            quoted(text)));
  if (path.size() >= sizeof address.sun_path)
    return fail(Errc::limit,
                fmt::format("server.listen: the path of {} has {} bytes; a socket's has at most {}",
                            quoted(text), path.size(), sizeof address.sun_path - 1));
  path.copy(address.sun_path, path.size());

  const auto group = find_socket_group(server.socket_group);
  if (!group) return tl::unexpected<Error>(group.error());
  if (const auto room = remove_stale(text, address); !room) return tl::unexpected<Error>(room.error());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int error = fd ? bind_unix(fd.get(), address, server.socket_mode, *group) : errno;
  if (error == ENOENT) return refuse(text, "cannot be bound: its folder does not exist");
  if (error != 0) return refuse(text, "cannot be bound: " + why(error));
  return ListenSocket{text, fd.release()};
}

bool holds(const std::vector<ListenSocket>& sockets, const std::string& address) {
  return std::ranges::any_of(sockets, [&](const auto& socket) { return socket.address == address; });
}

Result<void> open_one(const std::string& text, const conf::Server& server, std::vector<std::string>& notes,
                      std::vector<ListenSocket>& sockets) {
  if (text.starts_with(kUnix)) {
    if (holds(sockets, text)) return refuse(text, "is listed twice");
    auto socket = open_unix(text, server);
    if (!socket) return tl::unexpected<Error>(socket.error());
    sockets.push_back(std::move(*socket));
    return {};
  }
  const std::string_view prefix = text.starts_with(kTls) ? kTls : std::string_view();
  const auto endpoints = parse_tcp(text.substr(prefix.size()));
  if (!endpoints) return tl::unexpected<Error>(endpoints.error());
  for (Endpoint endpoint : *endpoints) {
    const std::string shown = std::string(prefix) + endpoint.text();
    if (holds(sockets, shown)) return refuse(shown, "is listed twice");
    endpoint.may_lack = endpoint.may_lack || server.listen_is_default;
    auto socket = open_tcp(endpoint, notes);
    if (!socket) return tl::unexpected<Error>(socket.error());
    if (!*socket) continue;
    (*socket)->address.insert(0, prefix);  // port 0 has become a free one
    sockets.push_back(std::move(**socket));
  }
  return {};
}

Result<void> open_all(const conf::Server& server, std::vector<std::string>& notes,
                      std::vector<ListenSocket>& sockets) {
  for (const std::string& text : server.listen) {
    if (auto opened = open_one(text, server, notes, sockets); !opened) return opened;
  }
  if (sockets.empty()) return fail(Errc::invalid, "server.listen: there is no address left to listen on");
  return {};
}

}  // namespace

Result<std::vector<ListenSocket>> open_sockets(const conf::Server& server, std::vector<std::string>& notes) {
  std::vector<ListenSocket> sockets;
  const auto opened = open_all(server, notes, sockets);
  if (opened) return sockets;
  remove_unix_sockets(sockets);
  close_sockets(sockets);
  return tl::unexpected<Error>(opened.error());
}

void remove_unix_sockets(const std::vector<ListenSocket>& sockets) {
  for (const ListenSocket& socket : sockets) {
    if (!socket.is_unix()) continue;
    const std::string path = socket.address.substr(kUnix.size());
    struct stat found;
    if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(path.c_str());
  }
}

void close_sockets(std::vector<ListenSocket>& sockets) {
  for (const ListenSocket& socket : sockets)
    ::close(socket.fd);
  sockets.clear();
}

}  // namespace xspamd
