// IP addresses and networks as values. IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2) become IPv4 when read.
// Text forms: RFC 5952 out; anything inet_pton takes in, brackets and zone ids refused.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd {

class IpAddress {
 public:
  static std::optional<IpAddress> parse(std::string_view text);
  static IpAddress v4(const std::array<std::uint8_t, 4>& bytes);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);  // mapped addresses become IPv4

  bool is_v4() const { return v4_; }
  // Network order; an IPv4 address uses the first four.
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  int bits() const { return v4_ ? 32 : 128; }
  std::string to_string() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  bool v4_ = true;
  std::array<std::uint8_t, 16> bytes_{};
};

// An address with a prefix length: "10.0.0.0/8", "::1", "192.0.2.7". Bits after the prefix must be zero.
struct Network {
  IpAddress address;
  int prefix = 0;

  static Result<Network> parse(std::string_view text);
  bool contains(const IpAddress& other) const;
  std::string to_string() const;

  friend bool operator==(const Network&, const Network&) = default;
};

bool contains(const std::vector<Network>& networks, const IpAddress& address);

}  // namespace xspamd
