#include "server/client/deflate.h"

#include <zlib.h>

namespace xspamd::client {

Result<std::string> deflated(std::string_view text) {
  uLongf length = ::compressBound(text.size());
  std::string stream(length, '\0');
  const auto* from = reinterpret_cast<const Bytef*>(text.data());
  if (::compress(reinterpret_cast<Bytef*>(stream.data()), &length, from, text.size()) != Z_OK)
    return fail(Errc::unavailable, "zlib has no memory");
  stream.resize(length);
  return stream;
}

}  // namespace xspamd::client
