// The one line that a scan leaves in the log: key=value, untrusted text in quotes.
#pragma once

#include <string>
#include <string_view>

#include "proto/request.h"
#include "proto/verdict.h"

namespace xspamd {

struct ScanRecord {
  const Request& request;
  const Verdict& verdict;
  std::uint64_t size = 0;   // bytes of body received
  std::string_view peer;    // who asked: "127.0.0.1:40122", "unix"
  std::string_view detail;  // what was wrong with the request, if anything
};

std::string scan_line(const ScanRecord& record);

}  // namespace xspamd
