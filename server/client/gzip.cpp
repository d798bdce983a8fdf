#include "server/client/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <new>
#include <utility>

namespace xspamd::client {

namespace {

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(Bytes packed) : packed_(std::move(packed)) {
    constexpr int kGzip = 16 + 15;  // with gzip's header and trailer, the largest window
    if (inflateInit2(&z_, kGzip) != Z_OK) throw std::bad_alloc();
  }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;
  ~GzipSource() override { inflateEnd(&z_); }

  Result<std::size_t> read(std::span<char> into) override;

 private:
  Result<bool> refill();

  Bytes packed_;
  z_stream z_{};
  std::array<char, kReadBytes> input_;
  bool between_ = false;  // behind a member, before the next
};

// False at the end of the packed bytes.
Result<bool> GzipSource::refill() {
  const auto got = packed_->read(input_);
  if (!got) return tl::unexpected<Error>(got.error());
  z_.next_in = reinterpret_cast<Bytef*>(input_.data());
  z_.avail_in = static_cast<uInt>(*got);
  return *got > 0;
}

Result<std::size_t> GzipSource::read(std::span<char> into) {
  z_.next_out = reinterpret_cast<Bytef*>(into.data());
  z_.avail_out = static_cast<uInt>(into.size());
  for (;;) {
    // Asked before more is read: zlib may still hold bytes that had no room the last time.
    if (!between_ || z_.avail_in > 0) {
      if (between_) inflateReset(&z_);
      const int status = ::inflate(&z_, Z_NO_FLUSH);
      between_ = status == Z_STREAM_END;
      const std::size_t unpacked = into.size() - z_.avail_out;
      if (unpacked > 0) return unpacked;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return fail(Errc::invalid, fmt::format("the gzip data is damaged: {}", z_.msg ? z_.msg : "unknown"));
    }
    if (z_.avail_in > 0) continue;
    const auto more = refill();
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more && !between_) return fail(Errc::invalid, "ends inside the gzip data");
    if (!*more) return 0;
  }
}

}  // namespace

Bytes gunzip(Bytes packed) {
  return std::make_unique<GzipSource>(std::move(packed));
}

}  // namespace xspamd::client
