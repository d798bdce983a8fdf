// Punycode (RFC 3492): the ASCII form of a host label in another script, without its "xn--". Code points in
// and out. Fails only when a text is no punycode or is longer than `kMostPunycode`: both directions take time
// in the square of the length, and a label of DNS has 63 bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd {

constexpr std::size_t kMostPunycode = 1024;  // bytes or code points

std::optional<std::string> encode_punycode(std::u32string_view text);
// Letters of either case; the result may hold any code point up to U+10FFFF but surrogates.
std::optional<std::u32string> decode_punycode(std::string_view ascii);

}  // namespace xspamd
