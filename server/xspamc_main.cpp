#include <fcntl.h>

#include <cerrno>
#include <csignal>
#include <utility>
#include <variant>

#include "server/client/options.h"

namespace {

using namespace xspamd::client;

// A descriptor that is closed would be given to the first socket, which then got what is meant for the user.
// None of these can be written to: who closed standard output is told that the mail did not go there.
void fill_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)::open("/dev/null", O_RDONLY);
  }
}

struct Runner {
  int operator()(int status) const { return status; }
  int operator()(LearnOptions& options) const { return learn(std::move(options)); }
  int operator()(ScanOptions& options) const { return scan(std::move(options)); }
  int operator()(MarkOptions& options) const { return mark(options); }
  int operator()(FilterOptions& options) const { return filter(std::move(options)); }
};

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  // A reader that went away is an error to be told, not an end without a word.
  std::signal(SIGPIPE, SIG_IGN);
  auto order = parse_options(argc, argv);
  return std::visit(Runner(), order);
}
