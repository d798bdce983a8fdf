// IP addresses as browsers read them in the host of a URL (WHATWG URL Standard §3.5): IPv4 in one to four
// numbers, each decimal, octal (0...) or hexadecimal (0x...); IPv6 without brackets and zones. Stricter and
// wider than IpAddress::parse, which reads what mail servers write.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd {

// Whether a host must be an IPv4 address or nothing: its last label is a number.
bool ends_in_number(std::string_view host);
std::optional<std::uint32_t> parse_url_ipv4(std::string_view host);
std::string url_ipv4(std::uint32_t address);  // dotted decimals

using Ipv6Pieces = std::array<std::uint16_t, 8>;
std::optional<Ipv6Pieces> parse_url_ipv6(std::string_view text);
std::string url_ipv6(const Ipv6Pieces& pieces);  // RFC 5952 §4, without its mixed notation

}  // namespace xspamd
