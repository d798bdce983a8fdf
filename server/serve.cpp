// The command that serves: the first process opens log and sockets and becomes the supervisor; the second one
// inherits the sockets, drops its privileges and scans.
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "server/commands.h"
#include "server/pid_file.h"
#include "server/privileges.h"
#include "server/server.h"
#include "server/supervisor.h"
#include "server/unique_fd.h"

namespace xspamd {

namespace {

constexpr std::string_view kLogFile = "file:";

int complain(const std::string& sentence, int status) {
  fmt::print(stderr, "xspamd: {}\n", sentence);
  return status;
}

Log::Level level_of(int syslog_level) {
  if (syslog_level <= LOG_ERR) return Log::Level::error;
  return syslog_level == LOG_WARNING ? Log::Level::warning : Log::Level::info;
}

Result<std::vector<ListenSocket>> open_all(const conf::Server& settings, Log& log) {
  std::vector<std::string> notes;
  auto sockets = open_sockets(settings, notes);
  for (const std::string& note : notes)
    log.info(note);
  return sockets;
}

// A log file that root has just made must be the server's to open again after a rotation. Its folder may be
// the server's: whatever else stands there, a link above all, keeps its owner.
void give_log_file(const conf::Log& settings, const Identity& identity) {
  if (!identity.change || !settings.target.starts_with(kLogFile)) return;
  const std::string path = settings.target.substr(kLogFile.size());
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat file {};
  const bool ours =
      fd && fstat(fd.get(), &file) == 0 && S_ISREG(file.st_mode) && file.st_nlink == 1 && file.st_uid == 0;
  if (!ours) return;
  // A failure shows when the server opens it.
  [[maybe_unused]] const int ignored = fchown(fd.get(), identity.uid, identity.gid);
}

// Root writes to no link: its folder may be the server's, who could have put it there.
Result<void> refuse_linked_log(const conf::Log& settings, const Identity& identity) {
  if (!identity.change || !settings.target.starts_with(kLogFile)) return {};
  const std::string path = settings.target.substr(kLogFile.size());
  struct stat file {};
  if (lstat(path.c_str(), &file) != 0) return {};
  const bool plain = S_ISREG(file.st_mode) && file.st_nlink == 1;
  if (plain || S_ISCHR(file.st_mode)) return {};
  return fail(Errc::unavailable, fmt::format("log.target {}: root writes to no link", settings.target));
}

Result<std::unique_ptr<Log>> open_log(const conf::Log& settings, const Identity& identity, Log::Mode mode) {
  if (const auto plain = refuse_linked_log(settings, identity); !plain) return tl::unexpected(plain.error());
  auto log = Log::open(settings, mode);
  if (log) give_log_file(settings, identity);
  return log;
}

// The settings that outlive the plan: a process that only waits has no use for patterns and maps.
struct SupervisorSettings {
  conf::Server server;
  conf::Log log;
  std::size_t scans = 0;
};

int run_supervisor(const SupervisorSettings& settings, const Identity& identity, int argc, char** argv) {
  if (const auto tls = load_tls(settings.server); !tls) return complain(tls.error().sentence, kBadConfig);
  auto log = open_log(settings.log, identity, Log::Mode::direct);
  if (!log) return complain(log.error().sentence, kProblem);
  auto sockets = open_all(settings.server, **log);
  if (!sockets) return complain(sockets.error().sentence, kProblem);
  SupervisorOptions options;
  options.argv.assign(argv, argv + argc);
  options.sockets = std::move(*sockets);
  options.inflight_slots = settings.scans;
  options.grace = settings.server.grace;
  options.pid_file = settings.server.pid_file;
  options.log = [&log, &settings, &identity](int level, const std::string& line) {
    // Few lines, and nobody tells it of a rotation: opened again for each. A failure keeps the old target.
    if (refuse_linked_log(settings.log, identity)) {
      [[maybe_unused]] const auto reopened = (*log)->reopen(settings.log);
    }
    (*log)->write(level_of(level), line);
  };
  return supervise(options);
}

// This process serves: `inherited` from a supervisor, or with sockets of its own.
int run_server(std::shared_ptr<const Plan> plan, std::optional<Inherited> inherited, Server::Reload reload) {
  const conf::Config& config = plan->config;
  const auto identity = find_identity(config.server);
  if (!identity) return complain(identity.error().sentence, kBadConfig);
  // A log that went away must not end the server: start_server() has given SIGPIPE its default back.
  std::signal(SIGPIPE, SIG_IGN);
  // Before the privileges go: the key may be root's alone, which then cannot be read again by a reload.
  auto tls = load_tls(config.server);
  if (!tls) return complain(tls.error().sentence, kBadConfig);
  auto log = open_log(config.log, *identity, Log::Mode::queued);
  if (!log) return complain(log.error().sentence, kProblem);
  if (!identity->warning.empty()) (*log)->warning(identity->warning);
  std::vector<ListenSocket> own;  // for the clean end
  if (!inherited) {
    auto sockets = open_all(config.server, **log);
    if (!sockets) return complain(sockets.error().sentence, kProblem);
    inherited = Inherited{*sockets, -1, -1};
    own = std::move(*sockets);
  }
  auto page =
      inherited->page >= 0 ? InFlight::attach(inherited->page) : InFlight::create(config.limits.scans);
  if (!page) return complain(page.error().sentence, kProblem);
  raise_file_limit();
  // The log was opened before: its file may be root's. glibc changes the identity of the log's thread too.
  if (const auto dropped = drop_to(*identity); !dropped) return complain(dropped.error().sentence, kProblem);
  const std::string pid_file = inherited->control < 0 ? config.server.pid_file : std::string();
  if (const auto written = write_pid_file(pid_file); !written) (*log)->error(written.error().sentence);
  Server server(std::move(plan), std::move(inherited->sockets), inherited->control, std::move(*page), **log,
                std::move(reload));
  server.use(std::move(*tls));
  const int status = server.run();
  remove_unix_sockets(own);
  remove_pid_file(pid_file);
  return status;
}

}  // namespace

int serve(const Options& options, int argc, char** argv) {
  auto inherited = take_inherited();
  if (inherited && !*inherited) return complain(inherited->error().sentence, kProblem);
  auto reload = [options] {
    return plan_for(options);
  };
  if (inherited) {
    // The supervisor has told the warnings; what stands in the way now has come since.
    Planned planned = plan_for(options);
    if (!planned.plan) {
      // A map that went bad while the last server ran must not keep the next from answering.
      [[maybe_unused]] const auto told = load_plan(options);
      planned = plan_for(options, true);
    }
    if (!planned.plan) return kBadConfig;
    return run_server(std::move(planned.plan), std::move(**inherited), std::move(reload));
  }
  auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  auto plan = std::get<std::shared_ptr<const Plan>>(std::move(loaded));
  // An identity that is not there is told before anything is opened.
  const auto identity = find_identity(plan->config.server);
  if (!identity) return complain(identity.error().sentence, kBadConfig);
  if (!options.supervisor) return run_server(std::move(plan), std::nullopt, std::move(reload));
  const SupervisorSettings settings{plan->config.server, plan->config.log, plan->config.limits.scans};
  plan.reset();
  loaded = kFine;
  malloc_trim(0);
  return run_supervisor(settings, *identity, argc, argv);
}

}  // namespace xspamd
