// The service manager's end of sd_notify: a bound datagram socket, named by NOTIFY_SOCKET while it lives.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <string>

#include "server/unique_fd.h"

namespace xspamd::test {

class NoticeSocket {
 public:
  // "/path" or "@abstract"
  explicit NoticeSocket(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(name.size() < sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  NoticeSocket(const NoticeSocket&) = delete;
  NoticeSocket& operator=(const NoticeSocket&) = delete;
  ~NoticeSocket() { ::unsetenv("NOTIFY_SOCKET"); }

  // The next notice; "(nothing)" when none comes within ten seconds.
  std::string next() const {
    pollfd watched{fd_.get(), POLLIN, 0};
    if (::poll(&watched, 1, 10'000) != 1) return "(nothing)";
    char bytes[512];
    const ssize_t got = ::recv(fd_.get(), bytes, sizeof bytes, 0);
    return got < 0 ? "(error)" : std::string(bytes, static_cast<std::size_t>(got));
  }

 private:
  UniqueFd fd_;
};

}  // namespace xspamd::test
