#include "server/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace xspamd {
namespace {

// NOTIFY_SOCKET stays with the supervisor: the service manager listens to nobody else.
std::vector<std::string> server_environment(const Inherited& inherited) {
  const std::string inherit = std::string(kInheritVariable) + "=";
  std::vector<std::string> entries;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with(inherit) && !text.starts_with("NOTIFY_SOCKET=")) entries.emplace_back(text);
  }
  entries.push_back(inherit + encode_inherited(inherited));
  return entries;
}

// Ends with the null that exec wants; valid as long as `texts`.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<int> descriptors_of(const Inherited& inherited) {
  std::vector<int> descriptors{0, 1, 2, inherited.control, inherited.page};
  for (const ListenSocket& socket : inherited.sockets)
    descriptors.push_back(socket.fd);
  std::erase_if(descriptors, [](int fd) { return fd < 0; });
  return descriptors;
}

// A descriptor that is closed here would be given to the first file that the server opens.
void fill_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)::open("/dev/null", O_RDWR);
  }
}

void close_all_on_exec() {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  // Kernels before 5.11 and some containers.
  constexpr rlim_t kAll = 65536;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto last = static_cast<int>(std::min(limit.rlim_cur, kAll));
  for (int fd = 3; fd < last; ++fd)
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal)
    ::signal(signal, SIG_DFL);  // refused for those that cannot be caught
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

pid_t start_server(const Launch& launch) {
  // Everything that needs memory is made before the fork.
  std::vector<std::string> arguments = launch.argv;
  std::vector<std::string> environment = server_environment(launch.inherited);
  const std::vector<char*> argv = pointers_to(arguments);
  const std::vector<char*> envp = pointers_to(environment);
  const std::vector<int> descriptors = descriptors_of(launch.inherited);
  const std::string complaint = fmt::format("xspamd: cannot run {}: ", launch.program);
  fill_standard_descriptors();

  const pid_t child = ::fork();
  if (child != 0) return child;
  close_all_on_exec();
  for (const int fd : descriptors)
    ::fcntl(fd, F_SETFD, 0);
  reset_signals();
  ::execve(launch.program.c_str(), argv.data(), envp.data());
  const std::string sentence = complaint + std::generic_category().message(errno) + "\n";
  (void)!::write(STDERR_FILENO, sentence.data(), sentence.size());
  ::_exit(1);
}

}  // namespace xspamd
