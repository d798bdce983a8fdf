#include "proto/mail/single_byte.h"

#include <algorithm>
#include <cstring>

#include "proto/base/text.h"

namespace xspamd::mail {

std::string SingleByte::to_utf8(std::string_view bytes) const {
  constexpr std::size_t kBlock = 4096;  // bytes that room is made for at once
  std::string text;
  std::size_t made = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::string_view block = bytes.substr(at, kBlock);
    text.resize(made + kLongest * block.size() + 1);
    char* to = text.data() + made;
    for (std::size_t i = 0; i < block.size();) {
      const auto byte = static_cast<unsigned char>(block[i]);
      if (byte < 0x80) {
        const std::size_t ascii = ascii_length(block.substr(i));
        std::memcpy(to, block.data() + i, ascii);
        to += ascii;
        i += ascii;
        continue;
      }
      const auto& character = upper_[byte - kUpper];
      std::memcpy(to, character.data(), character.size());
      to += character[kLongest];
      ++i;
    }
    made = static_cast<std::size_t>(to - text.data());
    at += block.size();
  }
  text.resize(made);
  return text;
}

}  // namespace xspamd::mail
