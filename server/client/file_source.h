// Files and standard input as bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/client/byte_source.h"
#include "server/client/folder_walk.h"

namespace xspamd::client {

// `bytes_read` counts and must outlive the source. Fails with the reason of the system; Errc::not_found for a
// file of a folder that has gone since the folder was listed, as happens where mail is read at the same time.
Result<Bytes> open_file(const FoundFile& file, std::atomic<std::uint64_t>& bytes_read);

// How many bytes all of it has; nothing when that shows only in reading, as with a pipe.
std::optional<std::uint64_t> size_of_all(const std::vector<std::string>& arguments);

}  // namespace xspamd::client
