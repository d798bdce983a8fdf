#include "rules/lists/asked_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/hex.h"
#include "proto/base/text.h"
#include "proto/mail/domain.h"
#include "rules/auth/crypto.h"

namespace xspamd {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kBlakeLength = 32;

// Five bits a character, from the low end of each byte on.
std::string z_base_32(std::string_view bytes, std::size_t length) {
  constexpr std::string_view kLetters = "ybndrfg8ejkmcpqxot1uwisza345h769";
  std::string text;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held |= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << bits;
    for (bits += 8; bits >= 5; bits -= 5, held >>= 5)
      text += kLetters[held & 31];
    if (text.size() >= length) break;
  }
  return text.substr(0, length);
}

bool is_host_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

}  // namespace

std::string reversed(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.is_v4()) return fmt::format("{}.{}.{}.{}", bytes[3], bytes[2], bytes[1], bytes[0]);
  std::string name;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    if (!name.empty()) name += '.';
    name += kHex[bytes[i] & 15];
    name += '.';
    name += kHex[bytes[i] >> 4];
  }
  return name;
}

std::string hashed(ListHash hash, std::string_view value) {
  switch (hash) {
    case ListHash::sha1:
      return hex(digest_of(auth::Hash::sha1, value));
    case ListHash::blake2:
      return z_base_32(digest_of(auth::Hash::blake2b, value), kBlakeLength);
    case ListHash::none:
      break;
  }
  return std::string(value);
}

std::optional<std::string> askable_host(std::string_view text) {
  constexpr std::size_t kMost = 200;  // with the zone behind it 253 at most (RFC 1035 §2.3.4)
  if (text.size() > kMost) return std::nullopt;
  std::string host = mail::ascii_domain(text);
  if (host.size() > kMost || host.find('.') == std::string::npos || IpAddress::parse(host))
    return std::nullopt;
  for (const std::string_view label : split(host, '.')) {
    const bool fine =
        !label.empty() && label.size() <= 63 && std::all_of(label.begin(), label.end(), is_host_character);
    if (!fine) return std::nullopt;
  }
  return host;
}

}  // namespace xspamd
