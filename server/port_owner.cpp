#include "server/port_owner.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "proto/base/text.h"
#include "server/unique_fd.h"

namespace xspamd {
namespace {

// A listening socket as a line of /proc/net/tcp tells it.
struct Listening {
  IpAddress address;
  std::uint64_t uid = 0;
  std::string inode;
};

// Files of /proc have no size: read to the end.
std::string read_all(const std::string& path) {
  std::string text;
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return text;
  char buffer[8192];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  if (!open) return names;
  while (const dirent* entry = ::readdir(open.get()))
    names.emplace_back(entry->d_name);
  return names;
}

template <class Number>
std::optional<Number> parse_hex(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The kernel prints an address as 32-bit words, each in the byte order of the machine.
std::optional<IpAddress> kernel_address(std::string_view hex) {
  if (hex.size() != 8 && hex.size() != 32) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t at = 0; at < hex.size(); at += 8) {
    const auto word = parse_hex<std::uint32_t>(hex.substr(at, 8));
    if (!word) return std::nullopt;
    std::memcpy(bytes.data() + at / 2, &*word, sizeof *word);
  }
  if (hex.size() == 32) return IpAddress::v6(bytes);
  return IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words = split(line, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

// Columns: sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
std::optional<Listening> listening_on(std::uint16_t port, std::string_view line) {
  constexpr std::string_view kListen = "0A";
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() < 10 || words[3] != kListen) return std::nullopt;
  const std::vector<std::string_view> local = split(words[1], ':');
  if (local.size() != 2 || parse_hex<std::uint16_t>(local[1]) != port) return std::nullopt;
  const auto address = kernel_address(local[0]);
  if (!address) return std::nullopt;
  return Listening{*address, parse_unsigned(words[7]).value_or(0), std::string(words[9])};
}

bool is_wildcard(const IpAddress& address) {
  return std::ranges::all_of(address.bytes(), [](std::uint8_t byte) { return byte == 0; });
}

// How well a listening socket explains that `wanted` is taken; 0: not at all.
int match(const IpAddress& wanted, const IpAddress& taken) {
  if (wanted == taken) return 3;
  if (!is_wildcard(taken) && !is_wildcard(wanted)) return 0;
  return wanted.is_v4() == taken.is_v4() ? 2 : 1;  // [::] may hold IPv4 as well
}

std::optional<Listening> find_listening(const IpAddress& address, std::uint16_t port) {
  std::optional<Listening> best;
  int best_match = 0;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const std::string text = read_all(table);
    for (const std::string_view line : split(text, '\n')) {
      std::optional<Listening> found = listening_on(port, line);
      if (!found || match(address, found->address) <= best_match) continue;
      best_match = match(address, found->address);
      best = std::move(found);
    }
  }
  return best;
}

bool holds_socket(const std::string& pid, const std::string& link) {
  const std::string folder = "/proc/" + pid + "/fd";
  char target[64];
  for (const std::string& name : names_in(folder)) {
    const ssize_t length = ::readlink((folder + "/" + name).c_str(), target, sizeof target);
    if (length > 0 && std::string_view(target, static_cast<std::size_t>(length)) == link) return true;
  }
  return false;
}

// A socket is often held by a parent and its children: the oldest, that is mostly the lowest pid, is it.
std::optional<pid_t> find_holder(const std::string& inode) {
  const std::string link = "socket:[" + inode + "]";
  std::optional<pid_t> holder;
  for (const std::string& name : names_in("/proc")) {
    const auto number = parse_unsigned(name);
    if (!number) continue;
    const auto pid = static_cast<pid_t>(*number);
    if (holder && *holder < pid) continue;
    if (holds_socket(name, link)) holder = pid;
  }
  return holder;
}

std::string user_name(std::uint64_t uid) {
  const passwd* entry = ::getpwuid(static_cast<uid_t>(uid));
  return entry ? std::string(entry->pw_name) : fmt::format("id {}", uid);
}

}  // namespace

std::string process_name(pid_t pid) {
  const std::string name = read_all(fmt::format("/proc/{}/comm", pid));
  if (trim(name).empty()) return fmt::format("pid {}", pid);
  return fmt::format("{} (pid {})", printable(trim(name)), pid);
}

std::string tcp_port_owner(const IpAddress& address, std::uint16_t port) {
  const std::optional<Listening> taken = find_listening(address, port);
  if (!taken) return "another process";
  const std::optional<pid_t> holder = find_holder(taken->inode);
  if (!holder) return fmt::format("a process of user {}", user_name(taken->uid));
  return process_name(*holder);
}

}  // namespace xspamd
