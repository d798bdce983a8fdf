// Counters: what the server has done since its start. Loop thread only.
#pragma once

#include <cstdint>

namespace xspamd {

struct Counters {
  std::uint64_t connections = 0;
  std::uint64_t not_allowed = 0;  // peers outside server.allow
  std::uint64_t idle_closed = 0;  // closed to make room at limits.connections
  std::uint64_t scans = 0;
  std::uint64_t not_scanned = 0;   // answered by actions.on_failure
  std::uint64_t over_limit = 0;    // over limits.message
  std::uint64_t errors = 0;        // error lines of SPAMC, unknown protocols
  std::uint64_t clients_gone = 0;  // before the reply was written
};

}  // namespace xspamd
