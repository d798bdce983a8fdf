// What `doctor` finds about this machine: whether the server could start and work here.
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>

#include "conf/address.h"
#include "rules/store/sqlite.h"
#include "server/doctor_store.h"
#include "server/findings.h"
#include "server/port_owner.h"
#include "server/privileges.h"
#include "server/sockets.h"
#include "server/unique_fd.h"

namespace xspamd {

namespace {

constexpr std::string_view kOurName = "xspamd ";

void add_taken(const std::string& text, const std::string& owner, Findings& findings) {
  if (owner.starts_with(kOurName)) {
    findings.ok(fmt::format("{}: {} serves there", text, owner));
  } else {
    findings.problem(fmt::format("{}: taken by {}", text, owner),
                     "stop it, or give xspamd another address in server.listen");
  }
}

// Binds the address for a moment.
void examine_tcp(const std::string& listen, const conf::Server& server, Findings& findings) {
  const std::string text = fmt::format("listen {}", listen);
  conf::Server one = server;
  one.listen = {listen};
  std::vector<std::string> notes;
  auto sockets = open_sockets(one, notes);
  if (sockets) {
    close_sockets(*sockets);
    findings.ok(text + ": free");
    return;
  }
  // Left out at the start with a note; all its addresses gone is no news for one of several.
  if (!notes.empty() && server.listen_is_default && server.listen.size() > 1) {
    findings.ok(fmt::format("{}: left out, this machine has no such address", text));
    return;
  }
  const auto address = conf::parse_address(listen);
  auto ip = address ? IpAddress::parse(address->host) : std::nullopt;
  if (!ip) ip = IpAddress::v4({127, 0, 0, 1});  // localhost
  const std::string& why = sockets.error().sentence;
  if (address && why.find(" is taken by ") != std::string::npos) {
    add_taken(text, tcp_port_owner(*ip, address->port), findings);
  } else if (geteuid() != 0 && address && address->port < 1024) {
    findings.warn(text + ": only root can look at ports below 1024", "run doctor as root");
  } else {
    findings.problem(text, why);
  }
}

// Who answers on a unix socket; empty when nobody does.
std::string unix_owner(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return {};
  path.copy(address.sun_path, path.size());
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return errno == EAGAIN ? "another process" : "";
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(probe.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid <= 0)
    return "another process";
  return process_name(peer.pid);
}

void examine_unix(const std::string& path, Findings& findings) {
  const std::string text = fmt::format("listen unix:{}", path);
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    findings.problem(fmt::format("{}: there is no folder {}", text, folder), "create it");
  } else if (::lstat(path.c_str(), &found) != 0) {
    findings.ok(text + ": free");
  } else if (!S_ISSOCK(found.st_mode)) {
    findings.problem(text + ": a file that is no socket is there", "move it away");
  } else if (const std::string owner = unix_owner(path); !owner.empty()) {
    add_taken(text, owner, findings);
  } else {
    findings.ok(text + ": free, a stale socket will be replaced");
  }
}

void examine_listeners(const conf::Server& server, Findings& findings) {
  for (const std::string& listen : server.listen) {
    const auto address = conf::parse_address(listen);
    if (address && !address->path.empty()) {
      examine_unix(address->path, findings);
    } else {
      examine_tcp(listen, server, findings);
    }
  }
}

// Whether the server has the rights is known only to one who can become it.
void examine_identity(const conf::Server& server, Findings& findings) {
  const bool root = geteuid() == 0;
  const auto identity = find_identity(server);
  if (!identity) {
    findings.problem(fmt::format("user {}", server.user), identity.error().sentence);
  } else if (!identity->warning.empty()) {
    findings.warn(fmt::format("user {}", server.user), identity->warning);
  } else if (root || ::getpwnam(server.user.c_str()) != nullptr) {
    findings.ok(fmt::format("user {}, group {}: exist", server.user, server.group));
  } else {
    findings.warn(fmt::format("user {}: there is none", server.user),
                  fmt::format("a start as root needs it: adduser --system --group --no-create-home "
                              "--home /var/lib/xspamd {}",
                              server.user));
  }
}

// In a child, which takes the server's identity: only so every kind of right is looked at. Nothing: unknown.
std::optional<bool> is_writable(const std::string& path, const Identity& identity) {
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) {
    if (!drop_to(identity)) _exit(2);
    _exit(::access(path.c_str(), W_OK | X_OK) == 0 ? 0 : 1);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) return std::nullopt;
  return WEXITSTATUS(status) == 0;
}

// Looks through a file that is there; one that is not, the server will make.
void examine_store_file(const std::string& path, Findings& findings) {
  const std::string text = fmt::format("store {}", path);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || found.st_size == 0) return;
  if (::access(path.c_str(), R_OK) != 0) {
    findings.warn(text + ": cannot see whether it is sound", "run doctor as root or as the server's user");
  } else if (const auto sound = check_integrity(path); sound) {
    findings.ok(fmt::format("{}: sound, {} KiB", text, (found.st_size + 1023) / 1024));
  } else {
    findings.problem(text + ": cannot be used", sound.error().sentence);
  }
}

void examine_store(const conf::Config& config, Findings& findings) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (!config.store_url.starts_with(kSqlite)) return;
  const std::string path = config.store_url.substr(kSqlite.size());
  const std::string folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  const std::string text = fmt::format("store {}", path);
  const std::string create =
      fmt::format("install -d -o {} -g {} -m 750 {}", config.server.user, config.server.group, folder);
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    findings.warn(fmt::format("{}: there is no folder {}", text, folder), create);
    return;
  }
  const auto identity = find_identity(config.server);
  if (!identity) return;  // told already
  const std::string who = identity->change ? config.server.user : "the user who runs this";
  const auto writable = is_writable(folder, *identity);
  if (!writable) {
    findings.warn(fmt::format("{}: cannot see whether {} may write to {}", text, who, folder),
                  "look at its rights");
  } else if (*writable) {
    findings.ok(fmt::format("{}: {} may write to {}", text, who, folder));
  } else {
    findings.warn(fmt::format("{}: {} may not write to {}", text, who, folder), create);
  }
  examine_store_file(path, findings);
}

// Signatures, certificates and greylisting go by the clock.
void examine_clock(Findings& findings) {
  constexpr int kFirstYear = 2024;
  constexpr int kLastYear = 2100;
  constexpr std::time_t kDay = 86'400;
  const std::time_t now = std::time(nullptr);
  std::tm fields{};
  ::gmtime_r(&now, &fields);
  const int year = fields.tm_year + 1900;
  struct stat program {};
  const bool known = ::stat("/proc/self/exe", &program) == 0;
  const std::string text = fmt::format("clock: {:04}-{:02}-{:02} {:02}:{:02} UTC", year, fields.tm_mon + 1,
                                       fields.tm_mday, fields.tm_hour, fields.tm_min);
  if (year < kFirstYear || year > kLastYear) {
    findings.problem(text + " cannot be right", "set the clock (timedatectl)");
  } else if (known && now + kDay < program.st_mtime) {
    findings.problem(text + " is before this program was installed", "set the clock (timedatectl)");
  } else {
    findings.ok(text);
  }
}

// The server raises its own limit to the hard one. Beside connections: listeners, log, DNS, store.
void examine_file_limit(const Limits& limits, Findings& findings) {
  constexpr rlim_t kBeside = 64;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = limits.connections + kBeside;
  if (limit.rlim_max >= wanted) {
    findings.ok(fmt::format("open files: {} allowed, {} wanted", limit.rlim_max, wanted));
  } else {
    findings.warn(
        fmt::format("open files: {} allowed, {} wanted for limits.connections", limit.rlim_max, wanted),
        fmt::format("LimitNOFILE={} in the unit, or a lower limits.connections", wanted));
  }
}

}  // namespace

void examine_machine(const conf::Config& config, Findings& findings) {
  examine_listeners(config.server, findings);
  examine_identity(config.server, findings);
  examine_store(config, findings);
  examine_store_service(config, findings);
  examine_clock(findings);
  examine_file_limit(config.limits, findings);
}

}  // namespace xspamd
