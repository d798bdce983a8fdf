// Random: numbers that nobody outside can foresee, from the operating system (getentropy), fetched 256 bytes
// at a time. For ids and letter case of DNS questions. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace xspamd {

class Random {
 public:
  // Throws std::system_error when the system gives none; a later failure does so too.
  Random();

  std::uint64_t next64();
  std::uint16_t next16();

 private:
  void refill();
  template <class Number>
  Number take();

  std::array<unsigned char, 256> bytes_{};  // the most that one call gives
  std::size_t used_ = 0;
};

}  // namespace xspamd
