// Who has an address that we cannot bind: read from /proc (Linux), for an error sentence.
// Never fails: what we are not allowed to see is said with fewer words. Reads every /proc/PID/fd, so it is
// for start-up alone. No state; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "proto/base/ip.h"

namespace xspamd {

// "rspamd (pid 123)"; "a process of user mail" when the process is hidden; "another process" at worst.
std::string tcp_port_owner(const IpAddress& address, std::uint16_t port);

// "rspamd (pid 123)"; "pid 123" when its name cannot be read.
std::string process_name(pid_t pid);

}  // namespace xspamd
