#include "conf/redis_url.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

namespace xspamd::test {

namespace {

// "server|sentinel|cluster user:password host host [/path] master db prefix", "-" where there is none.
std::string parsed(std::string_view text) {
  const auto url = conf::parse_redis_url(text);
  if (!url) return url.error().sentence;
  const std::string_view kinds[] = {"server", "sentinel", "cluster"};
  std::string shown(kinds[static_cast<std::size_t>(url->kind)]);
  if (!url->password.empty()) shown += fmt::format(" {}:{}", url->user, url->password);
  for (const conf::Address& host : url->hosts)
    shown += " " + conf::shown(host);
  if (!url->master.empty()) shown += " master=" + url->master;
  if (url->database > 0) shown += fmt::format(" db={}", url->database);
  if (url->prefix != "xspamd") shown += " prefix=" + url->prefix;
  return shown;
}

struct Row {
  std::string_view url;
  std::string_view result;
};

}  // namespace

TEST_CASE("redis url: what it says") {
  const Row rows[] = {
      {"redis://localhost", "server localhost:6379"},
      {"redis://localhost/", "server localhost:6379"},
      {"redis://127.0.0.1:6380/3", "server 127.0.0.1:6380 db=3"},
      {"redis://[::1]:6380/3", "server [::1]:6380 db=3"},
      {"redis://[::1]", "server [::1]:6379"},
      {"redis://:pass@h", "server :pass h:6379"},
      {"redis://pass@h", "server :pass h:6379"},
      {"redis://mail:pass@h:1/2?prefix=mx-1", "server mail:pass h:1 db=2 prefix=mx-1"},
      {"redis://mail:p%40ss%2F%3a%25@h", "server mail:p@ss/:% h:6379"},
      {"redis://mail:p:a@ss/w?x@h/4", "server mail:p:a@ss/w?x h:6379 db=4"},  // unescaped: up to the last @
      {"redis+unix:///run/redis/redis.sock", "server /run/redis/redis.sock"},
      {"redis+unix://:pass@/run/a%20b.sock?db=2&prefix=a:b", "server :pass /run/a b.sock db=2 prefix=a:b"},
      {"redis+unix:///run/r.sock?database=7", "server /run/r.sock db=7"},
      {"redis+sentinel://a,b:1,[::1]:2/mymaster", "sentinel a:26379 b:1 [::1]:2 master=mymaster"},
      {"redis+sentinel://:pw@a/my.master-1/5?prefix=x",
       "sentinel :pw a:26379 master=my.master-1 db=5 prefix=x"},
      {"redis+cluster://u:pw@a:7000,b", "cluster u:pw a:7000 b:6379"},
      {"redis+cluster://a/0", "cluster a:6379"},
  };
  for (const Row& row : rows) {
    INFO(row.url);
    CHECK(parsed(row.url) == row.result);
  }
}

TEST_CASE("redis url: what is wrong with it, and never a password") {
  constexpr std::string_view kHost = "host 1: a name or an address was expected";
  constexpr std::string_view kPort = "host 1: a port from 1 to 65535 was expected after the colon";
  const Row rows[] = {
      {"", "redis://, redis+unix://, redis+sentinel:// or redis+cluster:// was expected"},
      {"redis:localhost", "redis://, redis+unix://, redis+sentinel:// or redis+cluster:// was expected"},
      {"rediss://localhost", "redis://, redis+unix://, redis+sentinel:// or redis+cluster:// was expected"},
      {"redis://", kHost},
      {"redis:///1", kHost},
      {"redis://a_b$c", kHost},
      {"redis://@h", "no password stands before @"},
      {"redis://user:@h", "no password stands before @"},
      {"redis://user:hunter2%4@h", "two hexadecimal digits follow each % before @"},
      {"redis://user:hunter2%zz@h", "two hexadecimal digits follow each % before @"},
      {"redis://user:hunter2", kPort},  // @host was forgotten
      {"redis://:hunter2", kHost},
      {"redis://h:0", kPort},
      {"redis://h:65536", kPort},
      {"redis://h:", kPort},
      {"redis://[::1", "host 1: a ] is missing"},
      {"redis://[::1]6379", kPort},
      {"redis://[]:1", kHost},
      {"redis://a,b", "redis:// has one host, redis+sentinel:// and redis+cluster:// have several"},
      {"redis://h/mail", "\"mail\" is no database: a number from 0 to 65535 was expected"},
      {"redis://h/1/2", "\"1/2\" is no database: a number from 0 to 65535 was expected"},
      {"redis://h/65536", "\"65536\" is no database: a number from 0 to 65535 was expected"},
      {"redis://h/-1", "\"-1\" is no database: a number from 0 to 65535 was expected"},
      {"redis://h?", "\"\" is no option, prefix and database are"},
      {"redis://h?passwd=hunter2", "\"passwd\" is no option, prefix and database are"},
      {"redis://h?prefix=", "prefix: at most 64 letters, digits and ._:- were expected"},
      {"redis://h?prefix={x}", "prefix: at most 64 letters, digits and ._:- were expected"},
      {"redis://h ", "a blank or control character stands in it"},
      {"redis://h\r\nPING", "a blank or control character stands in it"},
      {"redis+unix://run/redis.sock", "redis+unix:// needs the absolute path of a socket: three slashes"},
      {"redis+unix:///", "redis+unix:// needs the absolute path of a socket, at most 107 bytes"},
      {"redis+unix:///a%00b", "redis+unix:// needs the absolute path of a socket, at most 107 bytes"},
      {"redis+sentinel://a,b", "the name of the master was expected after the hosts, as in /mymaster"},
      {"redis+sentinel://a//1", "the name of the master was expected after the hosts, as in /mymaster"},
      {"redis+sentinel://a,,b/m", "host 2: a name or an address was expected"},
      {"redis+cluster://a/1", "a cluster has database 0 alone"},
  };
  for (const Row& row : rows) {
    INFO(row.url);
    CHECK(parsed(row.url) == row.result);
    CHECK(parsed(row.url).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("redis url: hosts and length are bounded") {
  std::string many = "redis+cluster://h";
  for (int i = 0; i < 64; ++i)
    many += ",h";
  CHECK(parsed(many) == "65 hosts, at most 64 are used");
  CHECK(parsed("redis+unix:///" + std::string(107, 'a')) ==
        "redis+unix:// needs the absolute path of a socket, at most 107 bytes");
  CHECK(parsed("redis://:" + std::string(5'000, 'p') + "@h").starts_with("redis://, "));
}

}  // namespace xspamd::test
