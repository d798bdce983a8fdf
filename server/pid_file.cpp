#include "server/pid_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "proto/base/text.h"
#include "server/unique_fd.h"

namespace xspamd {
namespace {

// Never through a link or into a device: the folder may belong to somebody with fewer rights.
constexpr int kCarefully = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

std::string our_line() {
  return fmt::format("{}\n", ::getpid());
}

}  // namespace

Result<void> write_pid_file(const std::string& path) {
  if (path.empty()) return {};
  const auto refused = [&](const std::string& reason) {
    return fail(Errc::unavailable,
                fmt::format("server.pid_file: {} cannot be written: {}", quoted(path), reason));
  };
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | kCarefully, 0644));
  if (!file) return refused(std::generic_category().message(errno));
  struct stat found;
  if (::fstat(file.get(), &found) != 0) return refused(std::generic_category().message(errno));
  if (!S_ISREG(found.st_mode)) return refused("it is no regular file");

  const std::string line = our_line();
  if (::ftruncate(file.get(), 0) != 0 ||
      ::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    return refused(std::generic_category().message(errno));
  return {};
}

void remove_pid_file(const std::string& path) {
  if (path.empty()) return;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | kCarefully));
  if (!file) return;
  char bytes[32];
  const ssize_t got = ::read(file.get(), bytes, sizeof bytes);
  if (got > 0 && std::string_view(bytes, static_cast<std::size_t>(got)) == our_line()) ::unlink(path.c_str());
}

}  // namespace xspamd
