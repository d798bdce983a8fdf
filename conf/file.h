// Reading configuration files whole. Failures name the reason, not the path: the caller knows it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::conf {

// Errc::not_found when there is no such file; Errc::limit when it has more than `max_bytes`.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);
// Paths of the files in `folder` that end in ".toml", in name order; no such folder: none. `unread` gets
// those that somebody may believe to be read; hidden files, backups and READMEs are neither.
Result<std::vector<std::string>> toml_files(const std::string& folder, std::vector<std::string>& unread);

}  // namespace xspamd::conf
