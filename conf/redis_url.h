// The URL of a Redis or Valkey store:
//   redis://[user:password@]host[:port][/database]            one server
//   redis+unix://[user:password@]/path[?database=N]           the same, on a unix socket (also ?db=N)
//   redis+sentinel://[user:password@]host[:port],.../master[/database]
//   redis+cluster://[user:password@]host[:port],...
// :password and password alone are of the default user. After each may follow ?prefix=NAME, with which all
// keys begin. User, password and path have %XX for letters that mean something in a URL (RFC 3986 §2.1). No
// error repeats more of the URL than hosts and options.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/address.h"

namespace xspamd::conf {

struct RedisUrl {
  enum class Kind { server, sentinel, cluster };

  Kind kind = Kind::server;
  std::string user;            // empty: the default one
  std::string password;        // empty: none
  std::vector<Address> hosts;  // at least one; of a server exactly one
  std::string master;          // the name that sentinels know
  unsigned database = 0;
  std::string prefix = "xspamd";
};

constexpr bool is_redis_scheme(std::string_view scheme) {
  return scheme == "redis" || scheme == "redis+unix" || scheme == "redis+sentinel" ||
         scheme == "redis+cluster";
}

Result<RedisUrl> parse_redis_url(std::string_view text);

// For people: "127.0.0.1:6379", "[::1]:6379", "/run/redis.sock".
std::string shown(const Address& address);

}  // namespace xspamd::conf
