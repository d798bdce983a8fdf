#include <csignal>

#include "server/commands.h"
#include "server/options.h"

int main(int argc, char** argv) {
  using namespace xspamd;
  const auto parsed = parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const Options& options = std::get<Options>(parsed);
  switch (options.command) {
    case Options::Command::serve:
      // Until somebody listens to it a SIGHUP must not end the start.
      std::signal(SIGHUP, SIG_IGN);
      return serve(options, argc, argv);
    case Options::Command::check_config:
      return check_config(options);
    case Options::Command::scan:
      return scan_files(options);
  }
  return kUsage;
}
