// The store behind sentinels: which server is the master, also when it changes.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/unit/rules/store/redis_bench.h"

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;

// A master, a replica of it, and sentinels that find it dead after half a second.
struct Watched {
  RedisServer master;
  RedisServer replica;
  std::vector<std::unique_ptr<RedisServer>> sentinels;

  explicit Watched(int count) : replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())}) {
    master.start();
    replica.start();
    until([&] { return replica.say({"INFO", "replication"}).text.find("master_link_status:up") != none; });
    for (int i = 0; i < count; ++i) {
      auto& sentinel = sentinels.emplace_back(std::make_unique<RedisServer>());
      sentinel->be_sentinel("sentinel monitor mail 127.0.0.1 " + std::to_string(master.port()) +
                            " 1\nsentinel down-after-milliseconds mail 500\n"
                            "sentinel failover-timeout mail 3000\n");
      sentinel->start();
    }
    // A replica is found by asking the master, every ten seconds or when a sentinel begins.
    for (const auto& sentinel : sentinels)
      until([&] { return !sentinel->say({"SENTINEL", "replicas", "mail"}).items.empty(); });
  }
  std::string url() const {
    std::string hosts;
    for (const auto& sentinel : sentinels)
      hosts += (hosts.empty() ? "" : ",") + sentinel->host();
    return "redis+sentinel://" + hosts + "/mail";
  }
  static constexpr std::size_t none = std::string::npos;
  template <class Condition>
  static void until(Condition is_so) {
    const Deadline deadline = Clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
      REQUIRE(Clock::now() < deadline);
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
};

}  // namespace

TEST_CASE("redis sentinel: the master is asked for, and the replica that takes its place is used") {
  if (!RedisServer::is_installed()) return;
  Watched watched(2);
  RedisBench bench(watched.url());
  bench.open();
  bench.add(kSender, 5);
  CHECK(bench.flush().empty());
  CHECK(watched.master.say({"KEYS", "xspamd:s:*"}).items.size() == 1);
  Watched::until([&] { return watched.replica.say({"KEYS", "xspamd:s:*"}).items.size() == 1; });
  watched.sentinels[0]->stop();  // one may be missing
  watched.master.stop();
  bench.trouble();
  bench.add(kSender, 10);
  bench.comes_back();
  CHECK(bench.flush().empty());
  CHECK(bench.get(kSender) == "15/0");
  CHECK(watched.replica.say({"ROLE"}).items.at(0).text == "master");
}

TEST_CASE("redis sentinel: a master that has become a replica is left at its first refusal") {
  if (!RedisServer::is_installed()) return;
  Watched watched(1);
  RedisServer& sentinel = *watched.sentinels[0];
  RedisBench bench(watched.url());
  bench.open();
  bench.add(kSender, 5);
  CHECK(bench.flush().empty());
  Watched::until([&] { return watched.replica.say({"KEYS", "xspamd:s:*"}).items.size() == 1; });
  sentinel.stop();
  watched.replica.say({"REPLICAOF", "NO", "ONE"});
  watched.master.say({"REPLICAOF", "127.0.0.1", std::to_string(watched.replica.port())});
  sentinel.be_sentinel("sentinel monitor mail 127.0.0.1 " + std::to_string(watched.replica.port()) + " 1\n");
  sentinel.start();
  bench.add(kSender, 10);
  REQUIRE(bench.loop.until([&] { return bench.flush().empty(); }));
  CHECK(bench.get(kSender) == "15/0");
  CHECK(watched.replica.say({"ROLE"}).items.at(0).text == "master");
}

TEST_CASE("redis sentinel: no sentinel, a master of another name, a replica: each is told") {
  if (!RedisServer::is_installed()) return;
  RedisBench none("redis+sentinel://127.0.0.1:" + std::to_string(free_port()) + "/mail");
  none.open();
  CHECK_THAT(none.get(kSender), Contains("no sentinel knows the master") && Contains("Connection refused"));
  RedisServer master;
  master.start();
  RedisServer replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  replica.start();
  RedisServer sentinel;
  sentinel.be_sentinel("sentinel monitor mail 127.0.0.1 " + std::to_string(replica.port()) + " 1\n");
  sentinel.start();
  RedisBench other("redis+sentinel://" + sentinel.host() + "/post");
  other.open();
  CHECK_THAT(other.get(kSender), Contains("it knows no master of the name \"post\""));
  RedisBench wrong("redis+sentinel://" + sentinel.host() + "/mail");
  wrong.open();
  CHECK_THAT(wrong.get(kSender), Contains(replica.host() + " is no master") || Contains("-"));
}

}  // namespace xspamd::test
