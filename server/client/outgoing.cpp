#include "server/client/outgoing.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>

#include "proto/base/text.h"
#include "server/client/exit_status.h"
#include "server/unique_fd.h"

namespace xspamd::client {

namespace {

std::string why(int error) {
  return std::generic_category().message(error);
}

// The bytes of an Outgoing, one after the other.
class Feed {
 public:
  explicit Feed(const Outgoing& mail) : mail_(mail) {}

  // What comes next; nothing at the end. Fails when standard input cannot be read.
  Result<std::string_view> front();
  void drop(std::size_t bytes) { chunk_.remove_prefix(bytes); }

 private:
  const Outgoing& mail_;
  std::size_t next_ = 0;
  std::string_view chunk_;
  std::array<char, 65'536> buffer_{};
};

Result<std::string_view> Feed::front() {
  while (chunk_.empty() && next_ < mail_.pieces.size())
    chunk_ = mail_.pieces[next_++];
  if (!chunk_.empty() || !mail_.rest_of_input) return chunk_;
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::unavailable, fmt::format("standard input: {}", why(errno)));
    chunk_ = std::string_view(buffer_.data(), static_cast<std::size_t>(got));
    return chunk_;
  }
}

sigset_t watched_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
    ::sigaddset(&set, signal);
  return set;
}

// 0 and the pid, or what the system says. The command gets signals as if a shell had started it.
int start(const std::vector<std::string>& words, int input, pid_t& pid) {
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  const int error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

// A command that runs.
class Piping {
 public:
  Piping(pid_t pid, UniqueFd pipe, UniqueFd signals, const Outgoing& mail)
      : pid_(pid), pipe_(std::move(pipe)), signals_(std::move(signals)), feed_(mail) {}

  Result<int> run();

 private:
  void write_some();
  void take_signal();

  pid_t pid_;
  UniqueFd pipe_;
  UniqueFd signals_;
  Feed feed_;
  std::optional<int> status_;  // as waitpid() tells it
  std::optional<Error> trouble_;
};

void Piping::write_some() {
  const auto chunk = feed_.front();
  if (!chunk) {
    // It must not take the part that it has for the whole.
    trouble_ = chunk.error();
    ::kill(pid_, SIGKILL);
    return;
  }
  if (chunk->empty()) return pipe_.reset();
  const ssize_t wrote = ::write(pipe_.get(), chunk->data(), chunk->size());
  if (wrote >= 0) return feed_.drop(static_cast<std::size_t>(wrote));
  if (errno != EAGAIN && errno != EINTR) pipe_.reset();
}

void Piping::take_signal() {
  signalfd_siginfo info;
  if (::read(signals_.get(), &info, sizeof info) != sizeof info) return;
  if (info.ssi_signo != SIGCHLD) {
    ::kill(pid_, static_cast<int>(info.ssi_signo));
    return;
  }
  int status = 0;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == pid_) status_ = status;
}

Result<int> Piping::run() {
  while (!status_) {
    const bool writes = pipe_ && !trouble_;
    std::array<pollfd, 2> watched{{{signals_.get(), POLLIN, 0}, {writes ? pipe_.get() : -1, POLLOUT, 0}}};
    if (::poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0)
      take_signal();
    else if (watched[1].revents != 0)
      write_some();
  }
  if (trouble_) return tl::unexpected<Error>(*trouble_);
  return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : kTryAgain;
}

}  // namespace

Result<void> write_out(const Outgoing& mail) {
  Feed feed(mail);
  for (;;) {
    const auto chunk = feed.front();
    if (!chunk) return tl::unexpected<Error>(chunk.error());
    if (chunk->empty()) return {};
    const ssize_t wrote = ::write(STDOUT_FILENO, chunk->data(), chunk->size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail(Errc::unavailable, fmt::format("standard output: {}", why(errno)));
    feed.drop(static_cast<std::size_t>(wrote));
  }
}

Result<int> pipe_to(const std::vector<std::string>& words, const Outgoing& mail) {
  const auto refused = [&words](int error) {
    return fail(Errc::unavailable, fmt::format("{} cannot be run: {}", printable(words.front()), why(error)));
  };
  const sigset_t watched = watched_signals();
  // Ignored by whoever started us, it would not be told.
  ::signal(SIGCHLD, SIG_DFL);
  ::sigprocmask(SIG_BLOCK, &watched, nullptr);
  UniqueFd signals(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  int ends[2];
  if (!signals || ::pipe2(ends, O_CLOEXEC) != 0) return refused(errno);
  UniqueFd theirs(ends[0]);
  UniqueFd ours(ends[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  pid_t pid = 0;
  const int error = start(words, theirs.get(), pid);
  theirs.reset();
  if (error != 0) return refused(error);
  return Piping(pid, std::move(ours), std::move(signals), mail).run();
}

}  // namespace xspamd::client
