#include "server/run_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

#include "proto/base/text.h"
#include "server/unique_fd.h"

namespace xspamd {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 64 * 1024;

// 0 and the pid, or what the system says.
int start(const std::vector<std::string>& words, int output, pid_t& pid) {
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

// False when the time is over before the other side has closed its end.
bool read_all(int fd, Clock::time_point until, std::string& output) {
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd watched{fd, POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left));
    if (ready <= 0) continue;  // interrupted, or the time is over
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    const std::size_t room = kMostOutput - output.size();
    output.append(buffer, std::min(room, static_cast<std::size_t>(got)));
  }
}

// Its output may have ended before the program itself does.
bool wait_for(pid_t pid, Clock::time_point until, int& status) {
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= until) return false;
    ::poll(nullptr, 0, 5);
  }
}

}  // namespace

Result<Ran> run_program(const std::vector<std::string>& words, std::chrono::milliseconds most) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Errc::unavailable, "pipe: " + std::generic_category().message(errno));
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  pid_t pid = 0;
  const int error = start(words, theirs.get(), pid);
  theirs.reset();
  if (error != 0) {
    return fail(Errc::unavailable, fmt::format("{} cannot be started: {}", words.front(),
                                               std::generic_category().message(error)));
  }
  Ran ran;
  int status = 0;
  const Clock::time_point until = Clock::now() + most;
  const bool ended = read_all(ours.get(), until, ran.output) && wait_for(pid, until, status);
  if (!ended) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
    return fail(Errc::limit, fmt::format("{} did not end within {} s", words.front(),
                                         std::chrono::duration<double>(most).count()));
  }
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  // Users' PATH often lacks the folder where mail servers live.
  const std::string folders = std::string(path ? path : "/usr/bin:/bin") + ":/usr/sbin";
  for (const std::string_view folder : split(folders, ':')) {
    if (!folder.starts_with('/')) continue;
    std::string file = fmt::format("{}/{}", folder, name);
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

}  // namespace xspamd
