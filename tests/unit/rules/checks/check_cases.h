// Case tables for checks in code: a message and its envelope in, the symbols that hit out.
#pragma once

#include <string>
#include <string_view>

#include "rules/scan.h"

namespace xspamd::test {

struct CheckCase {
  std::string_view why;
  std::string header;  // lines of the header, or a whole message
  std::string hits;    // of the check alone, as rendered(Hits)
  Envelope envelope = {};
};

// 2026-11-22 12:00:00 UTC, the time at which all cases are looked at.
inline constexpr std::chrono::sys_seconds kCaseTime{std::chrono::seconds{1795348800}};

// Runs one shipped check, configured as shipped, without any other; symbols of `without` are left out.
std::string hits_of(std::string_view check, const CheckCase& row, std::string_view without = {});

}  // namespace xspamd::test
