// Packed input, told by its first bytes and not by its name: gzip and zstd are unpacked, other bytes come as
// they are. What we cannot unpack (bzip2, xz, zip) is a failure: it would be learned as words otherwise.
#pragma once

#include "server/client/byte_source.h"

namespace xspamd::client {

Result<Bytes> unpacked(Bytes bytes);

}  // namespace xspamd::client
