// xspamc --mime: rspamc's LDA mode. The message on standard input goes out with the verdict in header fields
// (server/client/mark_mail.h), to standard output or to a command, whose exit status is passed on. Blocks.
#pragma once

#include <string>
#include <vector>

#include "server/client/asker.h"

namespace xspamd::client {

struct MarkOptions {
  static constexpr std::size_t kMostMessageBytes = 256 * 1024 * 1024;

  AskOptions ask;
  bool json = false;    // with X-Spam-Result
  bool strict = false;  // where there is no verdict nothing goes out, and the status says why
  std::size_t most_bytes = 50 * 1024 * 1024;  // a larger message is not sent; as limits.message of the server
  std::vector<std::string> command;           // empty: standard output
};

int mark(const MarkOptions& options);  // the exit status

}  // namespace xspamd::client
