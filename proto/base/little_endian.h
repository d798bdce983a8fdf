// Unsigned numbers of 2, 4 and 8 bytes, lowest byte first, at any place of a text of bytes. What lies beyond
// its end reads as 0: a caller for whom that is not the same as a 0 checks the length before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xspamd {

inline std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = length; i > 0; --i) {
    const std::size_t index = at + i - 1;
    value = value << 8 | (index < bytes.size() ? static_cast<unsigned char>(bytes[index]) : 0U);
  }
  return value;
}

inline std::uint16_t little_endian_16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(little_endian(bytes, at, 2));
}
inline std::uint32_t little_endian_32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(little_endian(bytes, at, 4));
}
inline std::uint64_t little_endian_64(std::string_view bytes, std::size_t at) {
  return little_endian(bytes, at, 8);
}

}  // namespace xspamd
