// A zlib stream (RFC 1950) inflated piece by piece, as it comes. The caller bounds what comes out: a few
// bytes can stand for a thousand times as many.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace xspamd {

class Inflate {
 public:
  enum class Status { more, end, broken };

  // What zlib holds: its state and a window of 32 KiB.
  static constexpr std::size_t kMemory = 44 * 1024;

  Inflate();
  ~Inflate();
  Inflate(const Inflate&) = delete;
  Inflate& operator=(const Inflate&) = delete;

  // Takes from the front of `input` and returns at most `most` bytes in `output`, whose old content goes.
  // `end`: the stream is complete, and what is left of the input is no part of it. Where zlib has no memory
  // the stream is `broken`.
  Status run(std::string_view& input, std::size_t most, std::string& output);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace xspamd
