#include "proto/base/ip.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  std::array<std::uint8_t, 4> four{};
  if (inet_pton(AF_INET, copy.c_str(), four.data()) == 1) return v4(four);
  std::array<std::uint8_t, 16> sixteen{};
  if (inet_pton(AF_INET6, copy.c_str(), sixteen.data()) == 1) return v6(sixteen);
  return std::nullopt;
}

IpAddress IpAddress::v4(const std::array<std::uint8_t, 4>& bytes) {
  IpAddress address;
  std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
  }
  IpAddress address;
  address.v4_ = false;
  address.bytes_ = bytes;
  return address;
}

std::string IpAddress::to_string() const {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

namespace {

bool same_prefix(const IpAddress& a, const IpAddress& b, int prefix) {
  const int whole = prefix / 8;
  if (!std::equal(a.bytes().begin(), a.bytes().begin() + whole, b.bytes().begin())) return false;
  if (prefix % 8 == 0) return true;
  const unsigned mask = 0xffu << (8 - prefix % 8) & 0xffu;
  const auto at = static_cast<std::size_t>(whole);
  return (a.bytes()[at] & mask) == (b.bytes()[at] & mask);
}

IpAddress masked(const IpAddress& address, int prefix) {
  auto bytes = address.bytes();
  for (int bit = prefix; bit < address.bits(); ++bit) {
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80u >> bit % 8));
  }
  if (address.is_v4()) return IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return IpAddress::v6(bytes);
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return fail(Errc::invalid, fmt::format("{} is no IP address or network", quoted(text)));
  Network network{*address, address->bits()};
  if (slash == std::string_view::npos) return network;
  const auto prefix = parse_unsigned(text.substr(slash + 1));
  if (!prefix || *prefix > static_cast<unsigned>(address->bits())) {
    return fail(Errc::invalid,
                fmt::format("{}: the prefix length must be 0 to {}", quoted(text), address->bits()));
  }
  network.prefix = static_cast<int>(*prefix);
  const IpAddress base = masked(*address, network.prefix);
  if (base != *address) {
    return fail(Errc::invalid, fmt::format("{} has bits set after its prefix: did you mean \"{}/{}\"?",
                                           quoted(text), base.to_string(), network.prefix));
  }
  return network;
}

bool Network::contains(const IpAddress& other) const {
  return address.is_v4() == other.is_v4() && same_prefix(address, other, prefix);
}

std::string Network::to_string() const {
  if (prefix == address.bits()) return address.to_string();
  return fmt::format("{}/{}", address.to_string(), prefix);
}

bool contains(const std::vector<Network>& networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& n) { return n.contains(address); });
}

}  // namespace xspamd
