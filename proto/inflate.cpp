#include "proto/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace xspamd {

struct Inflate::Stream {
  z_stream z{};
  bool open = false;
};

Inflate::Inflate() : stream_(std::make_unique<Stream>()) {
  stream_->open = inflateInit(&stream_->z) == Z_OK;
}

Inflate::~Inflate() {
  if (stream_->open) inflateEnd(&stream_->z);
}

Inflate::Status Inflate::run(std::string_view& input, std::size_t most, std::string& output) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  output.clear();
  if (!stream_->open) return Status::broken;
  z_stream& z = stream_->z;
  output.resize(std::min(most, kMost));
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib does not write there
  z.avail_in = static_cast<uInt>(std::min(input.size(), kMost));
  z.next_out = reinterpret_cast<Bytef*>(output.data());
  z.avail_out = static_cast<uInt>(output.size());
  const std::size_t given = z.avail_in;
  const int status = ::inflate(&z, Z_NO_FLUSH);
  input.remove_prefix(given - z.avail_in);
  output.resize(output.size() - z.avail_out);
  if (status == Z_STREAM_END) return Status::end;
  return status == Z_OK || status == Z_BUF_ERROR ? Status::more : Status::broken;
}

}  // namespace xspamd
