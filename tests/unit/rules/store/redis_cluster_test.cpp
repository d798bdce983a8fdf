// The store in a cluster: commands find their slots, also when these move or their server is lost.
#include <catch2/catch.hpp>
#include <thread>

#include "rules/store/redis_keys.h"
#include "tests/unit/rules/store/conformance.h"
#include "tests/unit/rules/store/redis_bench.h"

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;

constexpr int kMasters = 3;

// Three masters with a third of the slots each; if wanted a replica of the first.
class Cluster {
 public:
  explicit Cluster(bool with_replica = false) {
    for (int i = 0; i < kMasters + (with_replica ? 1 : 0); ++i) {
      servers_.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
          "--cluster-enabled", "yes", "--cluster-port", std::to_string(free_port()), "--cluster-node-timeout",
          "1500", "--cluster-require-full-coverage", "no", "--cluster-replica-validity-factor", "0"}));
      servers_.back()->start();
    }
    for (int i = 0; i < kMasters; ++i) {
      at(i).say({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
      at(i).say(
          {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first_slot(i)), std::to_string(first_slot(i + 1) - 1)});
    }
    for (std::size_t i = 1; i < servers_.size(); ++i)
      at(0).say(
          {"CLUSTER", "MEET", "127.0.0.1", std::to_string(servers_[i]->port()), bus_port(*servers_[i])});
    for (const auto& server : servers_)
      until([&] {
        const std::string info = server->say({"CLUSTER", "INFO"}).text;
        return info.find("cluster_state:ok") != none &&
               info.find("cluster_known_nodes:" + std::to_string(servers_.size())) != none;
      });
    if (!with_replica) return;
    until([&] { return at(kMasters).say({"CLUSTER", "REPLICATE", id(0)}).text == "OK"; });
    until([&] {
      return at(kMasters).say({"INFO", "replication"}).text.find("master_link_status:up") != none;
    });
  }

  RedisServer& at(int i) { return *servers_[static_cast<std::size_t>(i)]; }
  std::string id(int i) { return at(i).say({"CLUSTER", "MYID"}).text; }
  std::string url() const { return "redis+cluster://" + servers_[1]->host() + "," + servers_[0]->host(); }
  static int first_slot(int server) { return RedisKeys::kSlots * server / kMasters; }
  // A key that lies on the server.
  static StoreKey key_on(int server) {
    for (std::uint64_t i = 0;; ++i) {
      const StoreKey key = token(i << 52);
      const int slot = redis_slot(RedisKeys("xspamd").name(key));
      if (slot >= first_slot(server) && slot < first_slot(server + 1)) return key;
    }
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

 private:
  static std::string bus_port(const RedisServer& server) {
    return server.say({"CONFIG", "GET", "cluster-port"}).items.at(1).text;
  }

  std::vector<std::unique_ptr<RedisServer>> servers_;
};

Cluster& shared_cluster() {
  static Cluster cluster;
  return cluster;
}

}  // namespace

TEST_CASE("redis cluster: does what every store does") {
  if (!RedisServer::is_installed()) return;
  Cluster& cluster = shared_cluster();
  check_conformance([&](StoreLoop& loop) {
    for (int i = 0; i < kMasters; ++i)
      cluster.at(i).say({"FLUSHALL"});
    return std::make_shared<RedisStore>(loop.executor(), hurrying(cluster.url(), loop));
  });
}

TEST_CASE("redis cluster: a slot that has moved is found, and so are keys of one that is moving") {
  if (!RedisServer::is_installed()) return;
  Cluster& cluster = shared_cluster();
  const StoreKey key = Cluster::key_on(0);
  const std::string name = RedisKeys("xspamd").name(key);
  const std::string slot = std::to_string(redis_slot(name));
  RedisBench bench(cluster.url());
  bench.open();
  bench.add(key, 1);
  CHECK(bench.flush().empty());
  cluster.at(1).say({"CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(0)});
  cluster.at(0).say({"CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(1)});
  CHECK(bench.get(key) == "1/0");
  const std::string port = std::to_string(cluster.at(1).port());
  // First the bucket alone: a script that needs the marker too is told to try again until that has moved.
  CHECK(cluster.at(0).say({"MIGRATE", "127.0.0.1", port, name, "0", "1000"}).text == "OK");
  CHECK(bench.get(key) == "1/0");  // ASK
  bench.add(key, 1);
  bench.run_for(milliseconds(50));
  std::vector<std::string> move{"MIGRATE", "127.0.0.1", port, "", "0", "1000", "KEYS"};
  for (const RespValue& left : cluster.at(0).say({"CLUSTER", "GETKEYSINSLOT", slot, "100"}).items)
    move.push_back(left.text);
  CHECK(cluster.at(0).say(move).text == "OK");
  CHECK(bench.flush().empty());
  CHECK(bench.get(key) == "2/0");
  for (int i = 0; i < kMasters; ++i)
    cluster.at(i).say({"CLUSTER", "SETSLOT", slot, "NODE", cluster.id(1)});
  for (int i = 3; i <= 5; ++i) {
    bench.add(key, 1);
    CHECK(bench.get(key) == std::to_string(i) + "/0");  // MOVED
  }
  CHECK(bench.store->trouble().empty());
}

TEST_CASE("redis cluster: without one server the others go on, and it is found again") {
  if (!RedisServer::is_installed()) return;
  Cluster& cluster = shared_cluster();
  constexpr int kLost = 2;
  RedisServer& lost = cluster.at(kLost);
  RedisBench bench(cluster.url());
  bench.open();
  const StoreKey keys[] = {Cluster::key_on(0), Cluster::key_on(1), Cluster::key_on(kLost)};
  bench.store->forget({keys[0], keys[1], keys[2]});
  for (const StoreKey& key : keys)
    bench.add(key, 1);
  CHECK(bench.flush().empty());
  lost.stop();
  CHECK_THAT(bench.trouble(), Contains(lost.host()) && Contains("1 of its 3 servers"));
  for (const StoreKey& key : keys)
    bench.add(key, 1);
  const auto others_go_on = [&] {
    CHECK(bench.get(keys[0]) == "2/0");
    CHECK(bench.get(keys[1]) == "2/0");
    CHECK_THAT(bench.get(keys[kLost]), Contains(lost.host()));
    CHECK_FALSE(bench.store->trouble().empty());
  };
  others_go_on();
  Cluster::until([&] {
    return cluster.at(0).say({"CLUSTER", "INFO"}).text.find("slots_fail:0") == Cluster::none;
  });
  bench.run_for(milliseconds(600));  // it is looked for meanwhile
  others_go_on();
  lost.start();
  REQUIRE(bench.loop.until([&] { return bench.flush().empty(); }));
  bench.comes_back();
  CHECK(bench.get(keys[kLost]) == "1/0");  // what it held before was not on disk
}

TEST_CASE("redis cluster: the replica that takes the place of a master is used") {
  if (!RedisServer::is_installed()) return;
  Cluster cluster(true);
  RedisBench bench(cluster.url());
  bench.open();
  const StoreKey key = Cluster::key_on(0);
  bench.add(key, 1);
  CHECK(bench.flush().empty());
  Cluster::until([&] { return cluster.at(kMasters).say({"DBSIZE"}).integer == 2; });
  cluster.at(0).stop();
  bench.trouble();
  bench.add(key, 1);
  CHECK(cluster.at(kMasters).say({"CLUSTER", "FAILOVER", "TAKEOVER"}).text == "OK");  // without an election
  bench.comes_back();
  CHECK(bench.flush().empty());
  CHECK(bench.get(key) == "2/0");
}

TEST_CASE("redis cluster: a server that is none is told") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench("redis+cluster://" + server.host());
  bench.open();
  CHECK_THAT(bench.get(kSender), Contains("cluster support disabled"));
  CHECK_THAT(bench.trouble(), Contains("cluster support disabled"));
}

}  // namespace xspamd::test
