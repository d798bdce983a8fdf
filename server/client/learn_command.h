// The commands learn-spam, learn-ham, forget, fuzzy-add and fuzzy-del: every message of the files goes to the
// server, over a few connections at once, and is counted.
#pragma once

#include <string>
#include <vector>

#include "server/client/teller.h"

namespace xspamd::client {

struct LearnOptions {
  static constexpr std::size_t kMostMessageBytes = 50 * 1024 * 1024;  // as limits.message of the server
  static constexpr unsigned kMostConnections = 64;

  TellOptions tell;
  unsigned connections = 2;  // at once
  bool quiet = false;
  bool verbose = false;
  std::vector<std::string> files;  // none: standard input
};

int learn(LearnOptions options);  // the exit status

}  // namespace xspamd::client
