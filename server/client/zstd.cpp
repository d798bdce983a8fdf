#include "server/client/zstd.h"

#include <fmt/format.h>
#include <zstd.h>

#include <array>
#include <new>
#include <utility>

namespace xspamd::client {

namespace {

constexpr int kWindowLog = 27;  // 128 MiB

struct Free {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(Bytes packed) : packed_(std::move(packed)), context_(ZSTD_createDCtx()) {
    if (!context_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kWindowLog);
  }

  Result<std::size_t> read(std::span<char> into) override;

 private:
  Result<bool> refill();

  Bytes packed_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::array<char, kReadBytes> bytes_;
  ZSTD_inBuffer input_{bytes_.data(), 0, 0};
  bool inside_ = false;  // a frame
};

// False at the end of the packed bytes.
Result<bool> ZstdSource::refill() {
  const auto got = packed_->read(bytes_);
  if (!got) return tl::unexpected<Error>(got.error());
  input_.size = *got;
  input_.pos = 0;
  return *got > 0;
}

Result<std::size_t> ZstdSource::read(std::span<char> into) {
  ZSTD_outBuffer output{into.data(), into.size(), 0};
  for (;;) {
    // Asked before more is read: zstd may still hold bytes that had no room the last time.
    if (inside_ || input_.pos < input_.size) {
      const std::size_t left = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(left))
        return fail(Errc::invalid, fmt::format("the zstd data is damaged: {}", ZSTD_getErrorName(left)));
      inside_ = left != 0;
      if (output.pos > 0) return output.pos;
    }
    if (input_.pos < input_.size) continue;
    const auto more = refill();
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more && inside_) return fail(Errc::invalid, "ends inside the zstd data");
    if (!*more) return 0;
  }
}

}  // namespace

Bytes unzstd(Bytes packed) {
  return std::make_unique<ZstdSource>(std::move(packed));
}

}  // namespace xspamd::client
