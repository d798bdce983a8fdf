#include <csignal>
#include <string_view>

#include "server/commands.h"
#include "server/options.h"

int main(int argc, char** argv) {
  using namespace xspamd;
  // All that follows is spamd's, whose options mean other things than ours.
  if (argc > 1 && std::string_view(argv[1]) == "spamd") return run_spamd(argc - 2, argv + 2);
  const auto parsed = parse_options(argc, argv, all_commands());
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const Options& options = std::get<Options>(parsed);
  if (options.command != nullptr) return options.command->run(options);
  // Until somebody listens to it a SIGHUP must not end the start.
  std::signal(SIGHUP, SIG_IGN);
  return serve(options, argc, argv);
}
