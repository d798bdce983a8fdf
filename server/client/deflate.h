// A whole text as one zlib stream (RFC 1950), as "Compress: zlib" wants it.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::client {

Result<std::string> deflated(std::string_view text);  // fails without memory alone

}  // namespace xspamd::client
