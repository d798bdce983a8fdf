// Durations and sizes as they are written in configuration: "500ms" "8s" "10min" "1h" "1d"; "100" "16KiB"
// "50MiB" "1GiB". A whole number and its unit without a blank; durations always have a unit, sizes without
// one are bytes. At most ten years or 8 EiB. The error names the text and, where it is clear what was meant,
// the right spelling.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::conf {

Result<std::chrono::milliseconds> parse_duration(std::string_view text);
Result<std::size_t> parse_size(std::string_view text);

// In the largest unit that keeps the number whole: parse_duration and parse_size read it back.
std::string duration_text(std::chrono::milliseconds duration);
std::string size_text(std::size_t bytes);

}  // namespace xspamd::conf
