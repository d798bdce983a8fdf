// What xspamc passes on, and where to: standard output, or the standard input of a command. Blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::client {

// Pieces in memory, then what is left of standard input.
struct Outgoing {
  std::vector<std::string_view> pieces;
  bool rest_of_input = false;
};

// Fails when not all could be written or read.
Result<void> write_out(const Outgoing& mail);

// Runs the command, without a shell, looked for in PATH, and returns its exit status; one that a signal
// killed counts as 75, for the caller to try again. A command that does not read all is none the worse.
// SIGTERM, SIGINT and SIGHUP are passed on: were we to end first, the command would take the part of the
// message that it has for the whole. Fails when it cannot be run, or when standard input cannot be read.
Result<int> pipe_to(const std::vector<std::string>& words, const Outgoing& mail);

}  // namespace xspamd::client
