// The pid file of server.pid_file: one line with our own pid. An empty path is no file and no error.
// For scripts alone: nothing is decided by it. Written and removed by the supervisor, or by the server when
// there is none.
#pragma once

#include <string>

#include "proto/base/result.h"

namespace xspamd {

// Replaces what an earlier run left; fails when the file cannot be written or is no regular file.
Result<void> write_pid_file(const std::string& path);

// Removes it if it still holds our pid.
void remove_pid_file(const std::string& path);

}  // namespace xspamd
