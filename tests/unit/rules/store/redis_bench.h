// A store in Redis on a loop of its own, hurrying.
#pragma once

#include <memory>

#include "rules/store/redis.h"
#include "tests/unit/rules/store/redis_server.h"
#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

using std::chrono::milliseconds;

inline const StoreKey kSender{Space::sender, "alice@example.org"};
inline const StoreKey kBucket{Space::bucket, "192.0.2.1"};

inline RedisStore::Settings hurrying(const std::string& url, StoreLoop& loop) {
  RedisStore::Settings settings;
  settings.url = conf::parse_redis_url(url).value();
  settings.now = loop.clock();
  settings.write_every = milliseconds(1);
  settings.patience = milliseconds(1'000);
  settings.first_retry = milliseconds(10);
  settings.last_retry = milliseconds(100);
  return settings;
}

struct RedisBench {
  StoreLoop loop;
  RedisStore::Settings settings;
  std::unique_ptr<RedisStore> store;

  explicit RedisBench(const std::string& url) : settings(hurrying(url, loop)) {}

  void open() { store = std::make_unique<RedisStore>(loop.executor(), settings); }
  void close() { store.reset(); }
  std::string get(const StoreKey& key, Deadline deadline = soon()) {
    auto entries = loop.wait(store->get({key}, deadline));
    return entries ? shown(entries->at(0)) : entries.error().sentence;
  }
  void add(const StoreKey& key, std::int64_t ham) { store->add({delta(key, ham, 0)}); }
  std::string flush() {
    auto flushed = loop.wait(store->flush(soon()));
    return flushed ? "" : flushed.error().sentence;
  }
  std::string take(Deadline deadline = soon()) {
    auto taken = loop.wait(store->take(kBucket, 1, {1'000, 1}, deadline));
    return taken ? "" : taken.error().sentence;
  }
  std::string trouble() {
    REQUIRE(loop.until([&] { return !store->trouble().empty(); }));
    return store->trouble();
  }
  void comes_back() {
    REQUIRE(loop.until([&] { return store->trouble().empty(); }));
  }
  void run_for(milliseconds time) {
    const Deadline until = Clock::now() + time;
    loop.until([&] { return Clock::now() >= until; });
  }
};

}  // namespace xspamd::test
