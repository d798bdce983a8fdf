// Bytes in memory as a source, in pieces of a size; and one that breaks behind its bytes.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "server/client/byte_source.h"

namespace xspamd::client::test {

class MemorySource : public ByteSource {
 public:
  MemorySource(std::string bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}
  explicit MemorySource(std::string bytes) : MemorySource(bytes, bytes.size() + 1) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (at_ == bytes_.size() && !breaks_.empty()) return fail(Errc::unavailable, breaks_);
    const std::size_t count = bytes_.copy(into.data(), std::min(piece_, into.size()), at_);
    at_ += count;
    return count;
  }

  void break_at_end(std::string why) { breaks_ = std::move(why); }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
  std::string breaks_;
};

inline Bytes in_memory(std::string bytes, std::size_t piece = 100'000) {
  return std::make_unique<MemorySource>(std::move(bytes), piece);
}

}  // namespace xspamd::client::test
