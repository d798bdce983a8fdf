#include "conf/redis_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/percent.h"
#include "proto/base/text.h"

namespace xspamd::conf {

namespace {

using Kind = RedisUrl::Kind;

constexpr std::uint16_t kRedisPort = 6'379;
constexpr std::uint16_t kSentinelPort = 26'379;
constexpr std::size_t kMostUrl = 4'096;
constexpr std::size_t kMostHosts = 64;
constexpr std::size_t kMostPrefix = 64;
constexpr unsigned kMostDatabase = 65'535;
constexpr std::size_t kMostUnixPath = 107;  // sun_path of Linux with its end

bool is_name(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || marks.find(c) != std::string_view::npos;
  });
}

// What stands alone is the password: a user without one could not log in.
Result<void> read_login(std::string_view login, RedisUrl& url) {
  const std::size_t colon = login.find(':');
  const bool is_alone = colon == std::string_view::npos;
  auto user = percent_decoded(login.substr(0, is_alone ? 0 : colon));
  auto password = percent_decoded(login.substr(is_alone ? 0 : colon + 1));
  if (!user || !password) return fail(Errc::invalid, "two hexadecimal digits follow each % before @");
  if (password->empty()) return fail(Errc::invalid, "no password stands before @");
  url.user = std::move(*user);
  url.password = std::move(*password);
  return {};
}

// Errors count hosts: where @ was forgotten, a password stands in the place of one.
Result<Address> read_host(std::string_view text, std::uint16_t default_port, std::size_t number) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos)
    return fail(Errc::invalid, fmt::format("host {}: a ] is missing", number));
  std::string_view host = text.substr(0, std::min(end, text.size()));
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (bracketed) {
    host.remove_prefix(1);
    rest.remove_prefix(1);
  }
  if (!is_name(host, bracketed ? ":." : ".-_"))
    return fail(Errc::invalid, fmt::format("host {}: a name or an address was expected", number));
  if (rest.empty()) return Address{std::string(host), default_port, {}};
  const auto port = rest.starts_with(':') ? parse_unsigned(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0 || *port > 65'535)
    return fail(Errc::invalid,
                fmt::format("host {}: a port from 1 to 65535 was expected after the colon", number));
  return Address{std::string(host), static_cast<std::uint16_t>(*port), {}};
}

Result<void> read_hosts(std::string_view text, RedisUrl& url) {
  const std::uint16_t port = url.kind == Kind::sentinel ? kSentinelPort : kRedisPort;
  for (const std::string_view one : split(text, ',')) {
    auto host = read_host(one, port, url.hosts.size() + 1);
    if (!host) return tl::unexpected(host.error());
    url.hosts.push_back(std::move(*host));
  }
  if (url.kind == Kind::server && url.hosts.size() > 1)
    return fail(Errc::invalid, "redis:// has one host, redis+sentinel:// and redis+cluster:// have several");
  if (url.hosts.size() > kMostHosts)
    return fail(Errc::limit, fmt::format("{} hosts, at most {} are used", url.hosts.size(), kMostHosts));
  return {};
}

Result<void> read_database(std::string_view text, RedisUrl& url) {
  const auto number = parse_unsigned(text);
  if (!number || *number > kMostDatabase)
    return fail(Errc::invalid, fmt::format("{} is no database: a number from 0 to {} was expected",
                                           quoted(cut_utf8(text, 40)), kMostDatabase));
  if (*number > 0 && url.kind == Kind::cluster) return fail(Errc::invalid, "a cluster has database 0 alone");
  url.database = static_cast<unsigned>(*number);
  return {};
}

Result<void> read_option(std::string_view option, RedisUrl& url) {
  const std::size_t sign = option.find('=');
  const std::string_view key = option.substr(0, sign);
  const std::string_view value =
      sign == std::string_view::npos ? std::string_view() : option.substr(sign + 1);
  if (key == "database" || key == "db") return read_database(value, url);
  if (key != "prefix")
    return fail(Errc::invalid,
                fmt::format("{} is no option, prefix and database are", quoted(cut_utf8(key, 40))));
  if (!is_name(value, "._:-") || value.size() > kMostPrefix)
    return fail(Errc::invalid,
                fmt::format("prefix: at most {} letters, digits and ._:- were expected", kMostPrefix));
  url.prefix = value;
  return {};
}

// What follows the hosts: "/database", "/master", "/master/database".
Result<void> read_path(std::string_view path, RedisUrl& url) {
  if (url.kind == Kind::sentinel) {
    const std::size_t end = std::min(path.find('/'), path.size());
    auto master = percent_decoded(path.substr(0, end));
    if (!master || !is_name(*master, "._-"))
      return fail(Errc::invalid, "the name of the master was expected after the hosts, as in /mymaster");
    url.master = std::move(*master);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return path.empty() ? Result<void>{} : read_database(path, url);
}

Result<void> read_socket(std::string_view text, RedisUrl& url) {
  auto path = percent_decoded(text);
  if (!path || path->size() < 2 || path->size() > kMostUnixPath || path->find('\0') != std::string::npos)
    return fail(Errc::invalid, "redis+unix:// needs the absolute path of a socket, at most 107 bytes");
  url.hosts.push_back({{}, 0, std::move(*path)});
  return {};
}

}  // namespace

Result<RedisUrl> parse_redis_url(std::string_view text) {
  const std::size_t scheme_end = std::min(text.find("://"), text.size());
  const std::string_view scheme = text.substr(0, scheme_end);
  if (!is_redis_scheme(scheme) || scheme_end == text.size() || text.size() > kMostUrl)
    return fail(Errc::invalid, "redis://, redis+unix://, redis+sentinel:// or redis+cluster:// was expected");
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || is_blank(c); }))
    return fail(Errc::invalid, "a blank or control character stands in it");
  RedisUrl url;
  url.kind = scheme == "redis+sentinel"  ? Kind::sentinel
             : scheme == "redis+cluster" ? Kind::cluster
                                         : Kind::server;
  std::string_view rest = text.substr(scheme_end + 3);
  // A password that has @ / or ? unescaped still ends at the last @ and is not taken for a host.
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    if (auto login = read_login(rest.substr(0, at), url); !login) return tl::unexpected(login.error());
    rest.remove_prefix(at + 1);
  }
  const std::size_t question = std::min(rest.find('?'), rest.size());
  const std::string_view place = rest.substr(0, question);
  const std::size_t slash = std::min(place.find('/'), place.size());
  Result<void> read;
  if (scheme == "redis+unix") {
    read = slash == 0
               ? read_socket(place, url)
               : fail(Errc::invalid, "redis+unix:// needs the absolute path of a socket: three slashes");
  } else {
    read = read_hosts(place.substr(0, slash), url);
    if (read) read = read_path(place.substr(std::min(slash + 1, place.size())), url);
  }
  if (read && question < rest.size())
    for (const std::string_view option : split(rest.substr(question + 1), '&'))
      if (read) read = read_option(option, url);
  if (!read) return tl::unexpected(read.error());
  return url;
}

std::string shown(const Address& address) {
  if (!address.path.empty()) return address.path;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", address.host, is_v6 ? "]" : "", address.port);
}

}  // namespace xspamd::conf
