#include "server/client/decompress.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "server/client/gzip.h"
#include "server/client/zstd.h"

namespace xspamd::client {

namespace {

using namespace std::string_view_literals;

struct Packing {
  std::string_view magic;
  std::string_view name;
  Bytes (*unpack)(Bytes packed);  // null: not by us
};

constexpr std::array<Packing, 6> kPackings{{
    {"\x1f\x8b\x08"sv, "gzip", gunzip},
    {"\x28\xb5\x2f\xfd"sv, "zstd", unzstd},
    {"BZh"sv, "bzip2", nullptr},
    {"\xfd\x37zXZ\0"sv, "xz", nullptr},
    {"PK\x03\x04"sv, "zip", nullptr},
    {"7z\xbc\xaf\x27\x1c"sv, "7z", nullptr},
}};
constexpr std::size_t kLongestMagic = 6;

// With it pzstd and others begin: a zstd frame that tells nothing of the content.
bool is_skippable_frame(std::string_view first) {
  return first.size() > 3 && (first[0] & 0xf0) == 0x50 && first.substr(1, 3) == "\x2a\x4d\x18";
}

// The bytes that were looked at, then the others.
class Prefixed : public ByteSource {
 public:
  Prefixed(std::string first, Bytes rest) : first_(std::move(first)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (given_ == first_.size()) return rest_->read(into);
    const std::size_t count = first_.copy(into.data(), into.size(), given_);
    given_ += count;
    return count;
  }

 private:
  std::string first_;
  std::size_t given_ = 0;
  Bytes rest_;
};

}  // namespace

Result<Bytes> unpacked(Bytes bytes) {
  std::array<char, kLongestMagic> buffer;
  std::size_t length = 0;
  while (length < buffer.size()) {
    const auto got = bytes->read(std::span(buffer).subspan(length));
    if (!got) return tl::unexpected<Error>(got.error());
    if (*got == 0) break;
    length += *got;
  }
  const std::string_view first(buffer.data(), length);
  Bytes whole = std::make_unique<Prefixed>(std::string(first), std::move(bytes));
  if (is_skippable_frame(first)) return unzstd(std::move(whole));
  for (const Packing& packing : kPackings) {
    if (!first.starts_with(packing.magic)) continue;
    if (packing.unpack == nullptr)
      return fail(Errc::invalid, fmt::format("is packed by {}; gzip and zstd are understood", packing.name));
    return packing.unpack(std::move(whole));
  }
  return whole;
}

}  // namespace xspamd::client
