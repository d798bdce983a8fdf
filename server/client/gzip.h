// What gzip wrote, unpacked as it is read: any number of members, one after the other.
// Fails when the packed bytes are damaged or end inside a member; what was whole before has been given then.
#pragma once

#include "server/client/byte_source.h"

namespace xspamd::client {

Bytes gunzip(Bytes packed);

}  // namespace xspamd::client
