// Percent encoding in URLs (WHATWG URL Standard §1.3): what is encoded in which part, and back. Bytes above
// 0x7E belong to every set, so encoded text is ASCII whatever came in: what is no UTF-8 is encoded as the
// bytes it is and not as U+FFFD, which keeps URLs apart that differ. Nothing fails. Linear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace xspamd {

// The percent-encode sets.
enum class EncodeSet : std::uint8_t {
  c0_control = 1,
  fragment = 2,
  query = 4,
  special_query = 8,
  path = 16,
  userinfo = 32,
  local_part = 64,  // of addresses in mailto: (RFC 6068 §2), the commas between them too
};

bool is_encoded_in(char c, EncodeSet set);
// Appends `text` with the bytes of the set as "%XX". What is percent encoded already stays as it is.
void append_encoded(std::string& out, std::string_view text, EncodeSet set);
// Every "%XX" as its byte; a "%" that starts no such triple stays.
std::string percent_decode(std::string_view text);

}  // namespace xspamd
