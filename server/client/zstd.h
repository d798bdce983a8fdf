// What zstd wrote, unpacked as it is read: any number of frames, one after the other.
// Fails when the packed bytes are damaged, end inside a frame, or want more than 128 MiB of memory, which
// only `zstd --long=28` and above do.
#pragma once

#include "server/client/byte_source.h"

namespace xspamd::client {

Bytes unzstd(Bytes packed);

}  // namespace xspamd::client
