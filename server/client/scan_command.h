// The command scan: the verdicts of a running server on the messages of files, as rspamc prints them.
#pragma once

#include <string>
#include <vector>

#include "server/client/asker.h"

namespace xspamd::client {

struct ScanOptions {
  static constexpr std::size_t kMostMessageBytes = 50 * 1024 * 1024;  // as limits.message of the server

  AskOptions ask;
  bool json = false;
  std::vector<std::string> files;  // none: standard input
};

int scan(ScanOptions options);  // the exit status

}  // namespace xspamd::client
