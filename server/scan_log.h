// The one line that a scan leaves in the log, with everything that a postmaster asks of it later.
#pragma once

#include <cstdint>
#include <string_view>

#include "proto/request.h"
#include "proto/verdict.h"
#include "server/log.h"

namespace xspamd {

struct ScanRecord {
  const Request& request;
  const Verdict& verdict;
  std::uint64_t size = 0;   // bytes of body received
  std::string_view peer;    // who asked: "127.0.0.1:40122", "unix"
  std::string_view detail;  // what was wrong with the request, if anything
};

void describe(LogLine& line, const ScanRecord& record);

}  // namespace xspamd
