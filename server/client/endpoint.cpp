#include "server/client/endpoint.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

struct Parts {
  std::string_view host;
  std::optional<std::string_view> port;
};

Parts parts_of(std::string_view text) {
  const std::size_t bracket = text.find(']');
  if (text.starts_with('[') && bracket != std::string_view::npos) {
    const std::string_view rest = text.substr(bracket + 1);
    const std::string_view host = text.substr(1, bracket - 1);
    if (rest.empty()) return {host, std::nullopt};
    if (rest.starts_with(':')) return {host, rest.substr(1)};
    return {"", std::nullopt};
  }
  // More than one colon: an IPv6 address without a port.
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

std::string Endpoint::text() const {
  if (!socket.empty()) return printable(socket);
  const bool v6 = host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", printable(host), port) : fmt::format("{}:{}", printable(host), port);
}

Result<Endpoint> parse_endpoint(std::string_view host, std::optional<std::uint16_t> port) {
  constexpr std::uint64_t kMostPort = 65'535;
  const Parts parts = parts_of(host);
  if (parts.host.empty() || std::ranges::any_of(parts.host, [](char c) { return is_control(c) || c == ' '; }))
    return fail(Errc::invalid,
                fmt::format("-d: {} is no host such as 127.0.0.1 or [::1]:11333", quoted(host)));
  if (parts.port && port)
    return fail(Errc::invalid, fmt::format("-d: {} names a port and -p another", quoted(host)));
  Endpoint endpoint;
  endpoint.host = parts.host;
  if (port) endpoint.port = *port;
  if (!parts.port) return endpoint;
  const auto number = parse_unsigned(*parts.port);
  if (!number || *number == 0 || *number > kMostPort)
    return fail(Errc::invalid, fmt::format("-d: {} has no port of 1 to 65535 at its end", quoted(host)));
  endpoint.port = static_cast<std::uint16_t>(*number);
  return endpoint;
}

Result<Endpoint> socket_endpoint(std::string_view path) {
  constexpr std::size_t kMostPath = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty() || path.size() > kMostPath)
    return fail(Errc::invalid, fmt::format("-U: the path {} has {} bytes; a socket's has 1 to {}",
                                           quoted(path), path.size(), kMostPath));
  Endpoint endpoint;
  endpoint.socket = path;
  return endpoint;
}

}  // namespace xspamd::client
