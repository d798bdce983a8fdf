#include "rules/io/random.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace xspamd {

Random::Random() {
  refill();
}

void Random::refill() {
  if (::getentropy(bytes_.data(), bytes_.size()) != 0)
    throw std::system_error(errno, std::generic_category(), "getentropy");
  used_ = 0;
}

template <class Number>
Number Random::take() {
  if (bytes_.size() - used_ < sizeof(Number)) refill();
  Number number{};
  std::memcpy(&number, bytes_.data() + used_, sizeof number);
  used_ += sizeof number;
  return number;
}

std::uint64_t Random::next64() {
  return take<std::uint64_t>();
}

std::uint16_t Random::next16() {
  return take<std::uint16_t>();
}

}  // namespace xspamd
