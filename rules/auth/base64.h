// Base64 as signatures and keys are written (RFC 6376 §2.10): padded, on one line. Pure.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::auth {

std::string to_base64(std::string_view bytes);

}  // namespace xspamd::auth
