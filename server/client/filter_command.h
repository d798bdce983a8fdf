// xspamc without a command word: what spamc 4.0.1 does with the message on its standard input. Blocks.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "server/client/filter_output.h"
#include "server/client/route.h"

namespace xspamd::client {

struct FilterOptions {
  static constexpr std::size_t kMostMessageBytes = 256 * 1024 * 1024;  // as spamc's

  RouteOptions route;
  Wanted wanted;
  bool batch = false;     // -B
  bool compress = false;  // -z
  bool log_to_stderr = false;
  std::string user;  // empty: who runs it
  std::size_t most_bytes = 500 * 1024;
  std::chrono::seconds timeout{600};
  unsigned tries = 1;  // --filter-retries
  std::chrono::seconds pause{1};
  std::vector<std::string> command;  // empty: standard output
};

int filter(FilterOptions options);  // the exit status

}  // namespace xspamd::client
