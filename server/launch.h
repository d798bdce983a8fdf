// Starts the server process: fork and exec with a clean slate (default signals, only the descriptors 0, 1, 2
// and the inherited ones) and XSPAMD_INHERIT in its environment. The supervisor alone uses it, in one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "server/inherit.h"

namespace xspamd {

struct Launch {
  std::string program;
  std::vector<std::string> argv;
  Inherited inherited;  // not owned
};

// The child's pid, or -1 with errno when fork fails. Where exec fails the child says so on its standard
// error and ends with status 1.
pid_t start_server(const Launch& launch);

}  // namespace xspamd
