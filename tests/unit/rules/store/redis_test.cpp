// The store in Redis against a real server, while all is well.
#include "rules/store/redis.h"

#include <catch2/catch.hpp>

#include "tests/unit/rules/store/conformance.h"
#include "tests/unit/rules/store/redis_bench.h"

namespace xspamd::test {

namespace {

// One for all sections of the contract: each begins with an empty database.
RedisServer& shared_server() {
  static RedisServer server;
  static const bool started = (server.start(), true);
  static_cast<void>(started);
  return server;
}

}  // namespace

TEST_CASE("redis store: does what every store does") {
  if (!RedisServer::is_installed()) return;
  RedisServer& server = shared_server();
  check_conformance([&](StoreLoop& loop) {
    server.say({"FLUSHALL"});
    return std::make_shared<RedisStore>(loop.executor(), hurrying(server.url(), loop));
  });
}

}  // namespace xspamd::test
