// Charsets of one byte a character whose lower half is ASCII, as a table of their upper half. Linear, three
// bytes at most come out for each.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd::mail {

class SingleByte {
 public:
  // All U+FFFD.
  constexpr SingleByte() {
    for (std::size_t i = 0; i < kUpper; ++i)
      set(i, "\xEF\xBF\xBD");
  }

  // The character of the byte 0x80 + `index`, in UTF-8.
  constexpr void set(std::size_t index, std::string_view utf8) {
    if (utf8.empty() || utf8.size() > kLongest) return;
    for (std::size_t i = 0; i < utf8.size(); ++i)
      upper_[index][i] = utf8[i];
    upper_[index][kLongest] = static_cast<char>(utf8.size());
  }

  std::string to_utf8(std::string_view bytes) const;

  static constexpr std::size_t kUpper = 128;

 private:
  static constexpr std::size_t kLongest = 3;
  // With the length behind, so that four bytes are copied whatever it is.
  std::array<std::array<char, kLongest + 1>, kUpper> upper_{};
};

}  // namespace xspamd::mail
