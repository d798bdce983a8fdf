// Runs another program and takes what it prints: no shell, standard input empty, standard error with the
// output, a time limit after which it is killed, and a bound on what is read. Blocks; for commands alone.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd {

struct Ran {
  int status = 0;  // exit status; 128 + signal when it was killed
  std::string output;
};

// Fails when it cannot be started (Errc::unavailable) or takes longer than `most` (Errc::limit).
Result<Ran> run_program(const std::vector<std::string>& words, std::chrono::milliseconds most);

// The program of this name in the folders of PATH and in /usr/sbin; empty when there is none.
std::string find_program(std::string_view name);

}  // namespace xspamd
