#include "server/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <system_error>

#include "proto/base/text.h"
#include "server/inflight.h"
#include "server/launch.h"
#include "server/notify.h"
#include "server/pid_file.h"
#include "server/unique_fd.h"

namespace xspamd {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstDelay{50};
constexpr milliseconds kLongestDelay{1000};
constexpr milliseconds kProven{10'000};      // ready for so long: the next crash is a new story
constexpr milliseconds kBeyondGrace{2'000};  // the server's own way out comes first

std::string why(int error) {
  return std::generic_category().message(error);
}

// "status 1", "SIGSEGV", "SIGSEGV, core dumped"
std::string manner_of_death(int status) {
  if (WIFEXITED(status)) return fmt::format("status {}", WEXITSTATUS(status));
  const char* name = ::sigabbrev_np(WTERMSIG(status));
  return fmt::format("{}{}", name ? fmt::format("SIG{}", name) : fmt::format("signal {}", WTERMSIG(status)),
                     WCOREDUMP(status) ? ", core dumped" : "");
}

int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The signals that the supervisor reads; the rest of the process sees its mask again afterwards.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE})  // SIGPIPE: a log that went away
      ::sigaddset(&set_, signal);
    ::sigprocmask(SIG_BLOCK, &set_, &before_);
    // Inherited as ignored, SIGCHLD would take the exit status from us.
    ::signal(SIGCHLD, SIG_DFL);
    fd_.reset(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    while (next() != 0) {
    }
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  int fd() const { return fd_.get(); }
  // The next pending signal, 0 when there is none.
  int next() const {
    signalfd_siginfo info;
    for (;;) {
      const ssize_t got = ::read(fd_.get(), &info, sizeof info);
      if (got == static_cast<ssize_t>(sizeof info)) return static_cast<int>(info.ssi_signo);
      if (got >= 0 || errno != EINTR) return 0;
    }
  }

 private:
  sigset_t set_;
  sigset_t before_;
  UniqueFd fd_;
};

class Supervisor {
 public:
  explicit Supervisor(const SupervisorOptions& options) : options_(options), sockets_(options.sockets) {}

  int run() {
    prepare();
    while (!result_) {
      if (child_ == 0 && !stopping_ && Clock::now() >= start_at_) start();
      wait();
      read_signals();  // all of them first: a stop must be known before a death is judged
      read_control();
      reap();
      pass_on_reload();
      if (stopping_ && child_ == 0) result_ = 0;
      if (stopping_ && child_ != 0 && Clock::now() >= kill_at_) kill_server();
    }
    close_door();
    remove_pid_file(options_.pid_file);
    return *result_;
  }

 private:
  void log(int level, std::string line) const {
    if (options_.log) options_.log(level, std::move(line));
  }

  void prepare() {
    if (signals_.fd() < 0) {
      log(LOG_ERR, "cannot supervise: signalfd: " + why(errno));
      result_ = 1;
      return;
    }
    auto page = InFlight::create(options_.inflight_slots);
    if (page)
      page_ = std::move(*page);
    else
      log(LOG_WARNING, page.error().sentence);
    if (const auto written = write_pid_file(options_.pid_file); !written)
      log(LOG_ERR, written.error().sentence);
  }

  void start() {
    Launch launch{options_.program, options_.argv, {sockets_, -1, page_ ? page_->fd() : -1}};
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
      return put_off("socketpair", errno);
    control_.reset(ends[0]);
    const UniqueFd theirs(ends[1]);
    launch.inherited.control = theirs.get();
    const pid_t child = start_server(launch);
    if (child < 0) return put_off("fork", errno);
    child_ = child;
    started_ = Clock::now();
    ready_ = false;
    draining_ = false;
    reload_ = false;
  }

  void put_off(std::string_view step, int error) {
    control_.reset();
    start_at_ = Clock::now() + next_delay();
    log(LOG_ERR, fmt::format("cannot start the server: {}: {}; trying again", step, why(error)));
  }

  // 0, 50, 100, 200 ... 1000 ms
  milliseconds next_delay() {
    const milliseconds delay = delay_;
    delay_ = delay == milliseconds{0} ? kFirstDelay : std::min(2 * delay, kLongestDelay);
    return delay;
  }

  int timeout() const {
    if (child_ != 0 && !stopping_) return -1;
    const Clock::time_point due = child_ == 0 ? start_at_ : kill_at_;
    if (due == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<milliseconds>(due - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }

  void wait() {
    pollfd watched[] = {{signals_.fd(), POLLIN, 0}, {control_.get(), POLLIN, 0}};
    ::poll(watched, 2, timeout());  // interrupted or not: everything is looked at, nothing blocks
  }

  void read_signals() {
    while (const int signal = signals_.next()) {
      if (signal == SIGTERM || signal == SIGINT) stop();
      if (signal == SIGHUP) reload_ = true;
    }
  }

  // Before it is ready the server has no handler and would die.
  void pass_on_reload() {
    if (!reload_ || !ready_ || child_ == 0) return;
    ::kill(child_, SIGHUP);
    reload_ = false;
  }

  void read_control() {
    char bytes[64];
    while (control_) {
      const ssize_t got = ::recv(control_.get(), bytes, sizeof bytes, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (got <= 0) return control_.reset();  // its death follows by SIGCHLD
      const std::string_view said(bytes, static_cast<std::size_t>(got));
      if (said.find('R') != std::string_view::npos) became_ready();
      if (said.find('D') != std::string_view::npos) draining_ = true;
    }
  }

  void became_ready() {
    if (ready_) return;
    ready_ = true;
    ready_since_ = Clock::now();
    if (stopping_) return;
    notify_manager(ever_ready_ ? "STATUS=ready again"
                               : fmt::format("READY=1\nMAINPID={}\nSTATUS=ready", ::getpid()));
    ever_ready_ = true;
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t dead = ::waitpid(-1, &status, WNOHANG);  // as process 1 of a container we get orphans too
      if (dead < 0 && errno == EINTR) continue;
      if (dead <= 0) return;
      if (dead == child_) ended(status);
    }
  }

  void ended(int status) {
    read_control();  // what it said last
    control_.reset();
    const pid_t dead = std::exchange(child_, 0);
    const bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::string line =
        fmt::format("the server (pid {}) ended with {} after {:.1f} s", dead, manner_of_death(status),
                    std::chrono::duration<double>(Clock::now() - started_).count());
    const std::string lost = take_in_flight();
    if (!lost.empty()) line += "; in flight: " + lost;
    if (stopping_) {
      if (!clean || !lost.empty()) log(LOG_ERR, std::move(line));
      return;
    }
    if (!ever_ready_) {
      log(LOG_ERR, line + "; it was never ready, so it is not started again");
      result_ = exit_status(status);
      return;
    }
    if (ready_ && Clock::now() - ready_since_ >= kProven) delay_ = milliseconds{0};
    const milliseconds delay = next_delay();
    start_at_ = Clock::now() + delay;
    notify_manager("STATUS=starting the server again after " + manner_of_death(status));
    log(clean && draining_ && lost.empty() ? LOG_WARNING : LOG_ERR,
        fmt::format("{}; starting it again{}", line,
                    delay.count() ? fmt::format(" in {} ms", delay.count()) : ""));
  }

  std::string take_in_flight() {
    std::string text;
    if (!page_) return text;
    for (const std::string& id : page_->list())
      text += (text.empty() ? "" : ", ") + quoted(id);
    page_->clear();
    return text;
  }

  // The supervisor's copies of the sockets would go on accepting after the server has closed its own.
  void close_door() {
    remove_unix_sockets(sockets_);
    close_sockets(sockets_);
  }

  void stop() {
    if (stopping_) return;
    stopping_ = true;
    kill_at_ = Clock::now() + options_.grace + kBeyondGrace;
    notify_manager("STOPPING=1\nSTATUS=draining");
    close_door();
    if (child_ != 0) ::kill(child_, SIGTERM);
  }

  void kill_server() {
    log(LOG_ERR, fmt::format("the server (pid {}) is still there {:.1f} s after it was told to stop: killed",
                             child_, std::chrono::duration<double>(options_.grace + kBeyondGrace).count()));
    ::kill(child_, SIGKILL);
    kill_at_ = Clock::time_point::max();
  }

  const SupervisorOptions& options_;
  std::vector<ListenSocket> sockets_;
  Signals signals_;
  UniqueFd control_;
  std::optional<InFlight> page_;

  pid_t child_ = 0;  // 0: there is none
  bool ready_ = false;
  bool draining_ = false;
  bool ever_ready_ = false;
  bool reload_ = false;  // a SIGHUP to pass on
  bool stopping_ = false;
  std::optional<int> result_;

  milliseconds delay_{0};
  Clock::time_point started_;
  Clock::time_point ready_since_;
  Clock::time_point start_at_;
  Clock::time_point kill_at_ = Clock::time_point::max();
};

}  // namespace

int supervise(const SupervisorOptions& options) {
  return Supervisor(options).run();
}

void tell_supervisor(int control, char byte) {
  if (control < 0) return;
  while (::send(control, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EINTR) {
  }
}

}  // namespace xspamd
