#include "conf/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "proto/base/ip.h"
#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path of Linux, without its closing zero

bool is_host_name(std::string_view text) {
  const auto allowed = [](char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  const auto numeric = [](char c) {
    return is_digit(c) || c == '.';
  };
  // Digits and dots alone are a mistyped IPv4 address.
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), allowed) &&
         !std::all_of(text.begin(), text.end(), numeric);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_unsigned(text);
  if (!port || *port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

Result<Address> parse_socket(std::string_view text) {
  const std::string_view path = text.substr(5);
  if (path.empty() || path.front() != '/') {
    return fail(Errc::invalid, fmt::format("{}: the path of a unix socket begins with /", quoted(text)));
  }
  if (path.size() > kLongestSocketPath) {
    return fail(Errc::limit, fmt::format("{}: the path of a unix socket has at most {} bytes", quoted(text),
                                         kLongestSocketPath));
  }
  return Address{"", 0, std::string(path)};
}

// "host:port" or "[v6]:port".
Result<Address> parse_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? std::nullopt : parse_port(text.substr(colon + 1));
  if (!port) return fail(Errc::invalid, fmt::format("{} has no port of 0 to 65535 at its end", quoted(text)));
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  const bool is_v6_text = host.find(':') != std::string_view::npos;
  if (is_v6_text != brackets) {
    return fail(Errc::invalid, fmt::format("{}: an IPv6 address with a port, and nothing else, stands in "
                                           "brackets, such as \"[::1]:11333\"",
                                           quoted(text)));
  }
  if (!ip && (brackets || !is_host_name(host))) {
    return fail(Errc::invalid, fmt::format("{}: {} is no IP address", quoted(text), quoted(host)));
  }
  return Address{std::string(host), *port, ""};
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  constexpr std::string_view kTls = "tls:";
  if (text.starts_with("unix:")) return parse_socket(text);
  const bool tls = text.starts_with(kTls);
  if (tls) text.remove_prefix(kTls.size());
  auto address = parse_host_and_port(text);
  if (address) address->tls = tls;
  // A name server must not decide where we listen.
  if (address && address->host != "localhost" && !IpAddress::parse(address->host)) {
    return fail(Errc::invalid, fmt::format("{}: {} is no IP address and not localhost", quoted(text),
                                           quoted(address->host)));
  }
  return address;
}

Result<Address> parse_dns_server(std::string_view text) {
  constexpr std::uint16_t kDnsPort = 53;
  std::string_view bare = text;
  if (bare.size() > 2 && bare.front() == '[' && bare.back() == ']') bare = bare.substr(1, bare.size() - 2);
  if (IpAddress::parse(bare)) return Address{std::string(bare), kDnsPort, ""};
  auto address = parse_host_and_port(text);
  if (!address || !IpAddress::parse(address->host)) {
    return fail(Errc::invalid,
                fmt::format("{} is no DNS server such as \"127.0.0.1\" or \"[::1]:5301\"", quoted(text)));
  }
  return address;
}

}  // namespace xspamd::conf
