// The options that stand in spamc's configuration file, -F: words divided by blanks, on any number of lines;
// lines that begin with # say nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::client {

std::vector<std::string> config_words(std::string_view text);

// Of a file; fails when it cannot be read, Errc::not_found when there is none, or is over kMostConfigBytes.
inline constexpr std::size_t kMostConfigBytes = 64 * 1024;
Result<std::vector<std::string>> read_config_words(const std::string& path);

}  // namespace xspamd::client
