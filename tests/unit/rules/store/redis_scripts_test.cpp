// The scripts in Redis make of an entry what entry.cpp and bucket.cpp make of it.
#include "rules/store/redis_scripts.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "rules/store/bucket.h"
#include "rules/store/changes.h"
#include "tests/unit/rules/store/redis_bench.h"

namespace xspamd::test {

namespace {

using std::chrono::seconds;

class Chance {
 public:
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(limit));
  }
  std::int64_t count() {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::int64_t rare[] = {kMost,     kMost - 1, -kMost,      (1ll << 53) - 1,
                                 1ll << 53, 1ll << 62, -(1ll << 53)};
    return below(8) == 0 ? rare[below(std::size(rare))] : below(9) - 4;
  }

 private:
  std::mt19937_64 engine_{20'261'107};
};

// What one round writes, to both.
void write(Store& store, Changes& changes, const StoreKey& key, Chance& chance, const StoreLoop& loop) {
  const std::int64_t what = chance.below(10);
  const sys_seconds expires =
      chance.below(3) == 0 ? sys_seconds{} : loop.in(static_cast<int>(chance.below(30)) - 3);
  if (what < 7) {
    const Delta one{key, {chance.count(), chance.count()}, expires};
    changes.add(one);
    store.add({one});
  } else if (what < 9 && key.space != Space::token) {
    const std::string value(static_cast<std::size_t>(chance.below(3)), ' ');
    changes.put(key, value, expires);
    store.put(key, value, expires);
  } else {
    changes.forget(key);
    store.forget({key});
  }
}

std::string whole(const std::optional<StoreEntry>& entry) {
  return entry ? shown(entry) + " @" + std::to_string(entry->expires.time_since_epoch().count()) : "-";
}

}  // namespace

TEST_CASE("redis scripts: an entry becomes what entry.cpp makes of it, whatever is written") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  Chance chance;
  std::map<StoreKey, std::optional<StoreEntry>> model;
  const StoreKey keys[] = {
      token(1), token(2), {Space::sender, "a"}, {Space::sender, ""}, {Space::history, "1"}};
  int wrong = 0;
  for (int round = 0; round < 1'500 && wrong == 0; ++round) {
    if (chance.below(5) == 0) bench.loop.now += seconds(chance.below(6));
    Changes changes;
    for (std::int64_t writes = chance.below(4); writes >= 0; --writes)
      write(*bench.store, changes, keys[chance.below(std::size(keys))], chance, bench.loop);
    for (const auto& [key, change] : changes.in_key_order())
      change.apply(model[key], bench.loop.now);
    for (const StoreKey& key : keys) {
      auto& expected = model[key];
      if (expected && is_expired(*expected, bench.loop.now)) expected.reset();
      const auto got = bench.loop.wait(bench.store->get({key}, soon()));
      REQUIRE(got);
      if (whole(got->at(0)) == whole(expected)) continue;
      ++wrong;
      CHECK(whole(got->at(0)) == whole(expected));
    }
  }
  CHECK(wrong == 0);
  CHECK(bench.store->trouble().empty());
}

TEST_CASE("redis scripts: a bucket holds what bucket.cpp says, to the last bit") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.open();
  Chance chance;
  std::optional<StoreEntry> model;
  int wrong = 0;
  for (int round = 0; round < 1'500 && wrong == 0; ++round) {
    const double amount = static_cast<double>(chance.below(1'000)) / 300;
    const BucketLimits limits{static_cast<double>(chance.below(1'000)) / 70,
                              static_cast<double>(chance.below(4)) / 3};
    bench.loop.now += std::chrono::microseconds(chance.below(2'000'000) - 200'000);
    if (chance.below(20) == 0) {
      const std::string odd[] = {"",        "full",          "9 then", "nan 1000000000",
                                 "1e999 1", "-5 1000000000", "0x10 1", " 1"};
      const std::string value = odd[chance.below(std::size(odd))];
      bench.store->put(kBucket, value, {});
      Change change;
      change.put(value, {});
      change.apply(model, bench.loop.now);
    }
    const Taken expected = take_from(model, amount, limits, bench.loop.now);
    const auto got = bench.loop.wait(bench.store->take(kBucket, amount, limits, soon()));
    REQUIRE(got);
    const auto entry = bench.loop.wait(bench.store->get({kBucket}, soon()));
    REQUIRE(entry);
    const bool same_expiry = !model || !entry->at(0) || entry->at(0)->expires == model->expires;
    if (got->fits == expected.fits && got->level == expected.level && same_expiry) continue;
    ++wrong;
    CHECK(got->fits == expected.fits);
    CHECK(got->level == expected.level);
    CHECK(same_expiry);
  }
  CHECK(wrong == 0);
}

TEST_CASE("redis scripts: by Redis's own clock, as servers run") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  RedisBench bench(server.url());
  bench.settings.now = nullptr;
  bench.open();
  const auto real = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  bench.store->add({delta(kSender, 1, 0, real + seconds(100)), delta(token(1), 1, 0, real + seconds(100))});
  bench.store->put({Space::greylist, "g"}, "v", real + seconds(1));
  bench.store->put({Space::greylist, "past"}, "v", real - seconds(1));
  CHECK(bench.get(kSender) == "1/0");
  CHECK(bench.get({Space::greylist, "past"}) == "-");
  const auto lasts = server.say({"TTL", server.say({"KEYS", "xspamd:s:*"}).items.at(0).text}).integer;
  CHECK((lasts > 90 && lasts <= 101));
  const auto first = bench.loop.wait(bench.store->take(kBucket, 5, {10, 100}, soon()));
  REQUIRE(first);
  CHECK(first->level == 5);
  bench.run_for(milliseconds(60));
  const auto second = bench.loop.wait(bench.store->take(kBucket, 0, {10, 100}, soon()));
  REQUIRE(second);
  CHECK(second->level == 0);
  REQUIRE(bench.loop.until([&] {
    return server.say({"KEYS", "xspamd:g:*"}).items.empty();
  }));  // Redis's own doing
}

TEST_CASE("redis scripts: writes that come again are passed over, in whatever connection") {
  if (!RedisServer::is_installed()) return;
  RedisServer server;
  server.start();
  const std::string& text = std::string(redis_write_script().text);
  const auto write = [&](const std::string& number) {
    return server.say({"EVAL", text, "2", "marker", "entry", "", number, "1", "", "e0 1 0 1 0 0 0 ", ""});
  };
  for (const char* number : {"1", "2", "2", "1", "4", "3"})
    CHECK(write(number).integer == 0);
  CHECK(server.say({"GET", "entry"}).text == "3 0 0");
  CHECK(server.say({"GET", "marker"}).text == "4");
}

}  // namespace xspamd::test
