#include "server/inherit.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>  // program_invocation_short_name
#include <charconv>
#include <cstdlib>

#include "proto/base/percent.h"
#include "proto/base/text.h"

namespace xspamd {
namespace {

bool is_plain(char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
         std::string_view(".:/[]-_").find(c) != std::string_view::npos;
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (is_plain(c))
      escaped += c;
    else
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

std::optional<std::string> unescape(std::string_view text) {
  const bool is_ours = std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '%'; });
  return is_ours ? percent_decoded(text) : std::nullopt;
}

std::optional<int> parse_fd(std::string_view text) {
  constexpr std::uint64_t kMaxFd = 1U << 30;
  const auto number = parse_unsigned(text);
  if (!number || *number > kMaxFd) return std::nullopt;
  return static_cast<int>(*number);
}

bool take_entry(std::string_view entry, Inherited& inherited) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = entry.substr(0, equals);
  const std::string_view value = entry.substr(equals + 1);
  const std::size_t comma = value.find(',');
  const auto fd = parse_fd(value.substr(0, comma));
  if (!fd) return false;
  if (name == "listen") {
    if (comma == std::string_view::npos) return false;
    const auto address = unescape(value.substr(comma + 1));
    if (!address) return false;
    inherited.sockets.push_back({*address, *fd});
    return true;
  }
  if (comma != std::string_view::npos) return false;
  if (name == "control") inherited.control = *fd;
  if (name == "page") inherited.page = *fd;
  return name == "control" || name == "page";
}

bool close_on_exec(int fd) {
  const int flags = ::fcntl(fd, F_GETFD);
  return flags >= 0 && ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == 0;
}

bool is_listening(int fd) {
  int listening = 0;
  socklen_t length = sizeof listening;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0;
}

Result<Inherited> check(Result<Inherited> inherited) {
  if (!inherited) return inherited;
  const auto bad = [](std::string_view what, int fd) {
    return fail(Errc::invalid, fmt::format("{}: descriptor {} is no {}", kInheritVariable, fd, what));
  };
  if (inherited->control >= 0 && !close_on_exec(inherited->control))
    return bad("control socket", inherited->control);
  if (inherited->page >= 0 && !close_on_exec(inherited->page)) return bad("page", inherited->page);
  for (const ListenSocket& socket : inherited->sockets) {
    if (!close_on_exec(socket.fd) || !is_listening(socket.fd)) return bad("listening socket", socket.fd);
  }
  return inherited;
}

}  // namespace

std::string encode_inherited(const Inherited& inherited) {
  std::string text;
  const auto add = [&](const std::string& entry) {
    if (!text.empty()) text += ';';
    text += entry;
  };
  if (inherited.control >= 0) add(fmt::format("control={}", inherited.control));
  if (inherited.page >= 0) add(fmt::format("page={}", inherited.page));
  for (const ListenSocket& socket : inherited.sockets)
    add(fmt::format("listen={},{}", socket.fd, escape(socket.address)));
  return text;
}

Result<Inherited> decode_inherited(std::string_view text) {
  Inherited inherited;
  for (const std::string_view entry : split(text, ';')) {
    if (!take_entry(entry, inherited))
      return fail(Errc::invalid, fmt::format("{}: {} is not understood", kInheritVariable, quoted(entry)));
  }
  return inherited;
}

std::optional<Result<Inherited>> take_inherited() {
  const char* variable = std::getenv(kInheritVariable);
  if (!variable) return std::nullopt;
  const std::string text = variable;
  ::unsetenv(kInheritVariable);
  ::prctl(PR_SET_NAME, program_invocation_short_name, 0, 0, 0);
  return check(decode_inherited(text));
}

}  // namespace xspamd
