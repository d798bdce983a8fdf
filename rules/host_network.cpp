#include "rules/host_network.h"

#include <algorithm>

namespace xspamd {

Network network_of(const IpAddress& address, int prefix) {
  auto bytes = address.bytes();
  const int bits = std::clamp(prefix, 0, address.bits());
  for (int bit = bits; bit < address.bits(); ++bit)
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80u >> bit % 8));
  if (address.is_v4()) return {IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}), bits};
  return {IpAddress::v6(bytes), bits};
}

std::string host_text(const Network& network) {
  return network.prefix == network.address.bits() ? network.address.to_string() : network.to_string();
}

}  // namespace xspamd
