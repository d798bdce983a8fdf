#include "server/background.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "proto/base/text.h"
#include "server/options.h"
#include "server/unique_fd.h"

namespace xspamd {

namespace {

int complain(const char* what) {
  fmt::print(stderr, "xspamd: {}: {}\n", what, std::generic_category().message(errno));
  return kProblem;
}

// Bound to a name of the kernel's choice, which is told in the way of NOTIFY_SOCKET.
UniqueFd notice_socket(std::string& name) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  if (!fd || ::bind(fd.get(), place, sizeof address.sun_family) != 0) return {};
  socklen_t length = sizeof address;
  if (::getsockname(fd.get(), place, &length) != 0) return {};
  name = std::string(address.sun_path, length - offsetof(sockaddr_un, sun_path));
  name[0] = '@';
  return fd;
}

bool is_ready(int notices) {
  std::array<char, 512> buffer;
  const ssize_t got = ::recv(notices, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  for (const std::string_view line : split({buffer.data(), static_cast<std::size_t>(got)}, '\n')) {
    if (line == "READY=1") return true;
  }
  return false;
}

// False when the other process has ended, which closes its end of `life`.
bool wait_for_ready(int notices, int life) {
  for (;;) {
    std::array<pollfd, 2> watched{{{notices, POLLIN, 0}, {life, POLLIN, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0 && is_ready(notices)) return true;
    if (watched[1].revents != 0) return false;
  }
}

void pass_on(int said) {
  std::array<char, 4096> buffer;
  off_t at = 0;
  for (;;) {
    const ssize_t got = ::pread(said, buffer.data(), buffer.size(), at);
    if (got <= 0 || ::write(STDERR_FILENO, buffer.data(), static_cast<std::size_t>(got)) < 0) return;
    at += got;
  }
}

void leave_the_terminal(int said) {
  ::setsid();
  [[maybe_unused]] const int ignored = ::chdir("/");
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(null.get(), STDIN_FILENO);
  ::dup2(null.get(), STDOUT_FILENO);
  ::dup2(said, STDERR_FILENO);
}

}  // namespace

int in_background(const std::function<int()>& serve) {
  std::string name;
  const UniqueFd notices = notice_socket(name);
  const UniqueFd said(::memfd_create("xspamd-start", MFD_CLOEXEC));
  int ends[2];
  if (!notices || !said || ::pipe2(ends, O_CLOEXEC) != 0)
    return complain("cannot prepare for the background");
  const UniqueFd life(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return complain("cannot fork");
  if (child == 0) {
    leave_the_terminal(said.get());
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    return serve();
  }
  theirs.reset();
  const bool ready = wait_for_ready(notices.get(), life.get());
  int status = 0;
  if (!ready) {
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  pass_on(said.get());
  if (ready) return kFine;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kProblem;
}

}  // namespace xspamd
