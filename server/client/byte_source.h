// ByteSource: the port to bytes that come one after the other, from a file or unpacked from another source.
// Blocks. A failure is a sentence without the name of the file; after one there is nothing more to read.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "proto/base/result.h"

namespace xspamd::client {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `into`, which is not empty; how many bytes, 0 only at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
};

using Bytes = std::unique_ptr<ByteSource>;

inline constexpr std::size_t kReadBytes = 64 * 1024;  // at once

}  // namespace xspamd::client
