#include "rules/store/redis_backlog.h"

#include <catch2/catch.hpp>

#include "rules/store/redis_keys.h"
#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

namespace {

constexpr std::size_t kRoom = 1'000'000;

std::vector<RedisBatchPtr> take_all(RedisBacklog& backlog) {
  return backlog.take([](std::uint16_t) { return true; });
}

std::string numbers(const std::vector<RedisBatchPtr>& batches) {
  std::string all;
  for (const RedisBatchPtr& batch : batches)
    all += (all.empty() ? "" : " ") + std::to_string(batch->number);
  return all;
}

}  // namespace

TEST_CASE("redis backlog: writes are summed until they are sent") {
  RedisBacklog backlog(false, kRoom);
  backlog.add({delta(token(1), 1, 0), delta(token(2), 1, 0)});
  backlog.add({delta(token(1), 1, 0)});
  const auto first = take_all(backlog);
  REQUIRE(first.size() == 1);
  CHECK(first[0]->changes.count() == 2);
  CHECK(take_all(backlog).empty());
  backlog.add({delta(token(1), 1, 0)});  // of the next batch
  CHECK(backlog.has_waiting());
  CHECK(backlog.first_order() == 1);
  backlog.done(*first[0]);
  CHECK(backlog.first_order() == 2);
  backlog.done(*take_all(backlog).at(0));
  CHECK(backlog.empty());
  CHECK(backlog.bytes() == 0);
  CHECK(backlog.first_order() > backlog.last_order());
}

TEST_CASE("redis backlog: what was refused gets a new number, what is unknown keeps its own and goes first") {
  RedisBacklog backlog(false, kRoom);
  std::vector<RedisBatchPtr> batches;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    backlog.add({delta(token(i), 1, 0)});
    batches.push_back(take_all(backlog).at(0));
  }
  CHECK(numbers(batches) == "1 2 3");
  backlog.refused(*batches[0]);
  backlog.broken(*batches[1]);
  backlog.broken(*batches[2]);
  backlog.add({delta(token(4), 1, 0)});
  CHECK(numbers(take_all(backlog)) == "2 3 4 5");
  CHECK(batches[0]->number == 4);
}

TEST_CASE("redis backlog: in a cluster a batch is of one tag, and waits for its own slot") {
  RedisBacklog backlog(true, kRoom);
  const StoreKey near = token(0);
  const StoreKey far = token(~0ull);
  backlog.add({delta(near, 1, 0), delta(far, 1, 0), delta(token(1), 1, 0)});
  const std::uint16_t slot = redis_slot(RedisKeys::tag(near));
  const auto taken = backlog.take([&](std::uint16_t one) { return one == slot; });
  REQUIRE(taken.size() == 1);
  CHECK(taken[0]->tag == "000");
  CHECK(taken[0]->changes.count() == 2);
  CHECK(backlog.has_waiting());
  CHECK(take_all(backlog).at(0)->tag == "fff");
}

TEST_CASE("redis backlog: batches are bounded, in keys and in bytes") {
  RedisBacklog backlog(false, 100 * kRoom);
  std::vector<Delta> deltas;
  for (std::uint64_t i = 0; i < 2'500; ++i)
    deltas.push_back(delta(token(i), 1, 0));
  backlog.add(std::move(deltas));
  const auto batches = take_all(backlog);
  REQUIRE(batches.size() == 3);
  CHECK(batches[0]->changes.count() == 1'000);
  CHECK(batches[2]->changes.count() == 500);
  for (int i = 0; i < 20; ++i)
    backlog.put({Space::history, std::to_string(i)}, std::string(200'000, 'v'), {});
  CHECK(take_all(backlog).size() == 4);
}

TEST_CASE("redis backlog: what is too much is lost call by call, and what is summed takes no more room") {
  RedisBacklog backlog(false, 1'000);
  backlog.add({delta(token(1), 1, 0)});
  const std::size_t bytes = backlog.bytes();
  for (int i = 0; i < 1'000; ++i)
    backlog.add({delta(token(1), 1, 0)});
  CHECK(backlog.bytes() == bytes);
  CHECK(backlog.lost() == 0);
  std::vector<Delta> many;
  for (std::uint64_t i = 0; i < 50; ++i)
    many.push_back(delta(token(i), 1, 0));
  backlog.add(std::move(many));
  CHECK(backlog.lost() == 50);
  CHECK(backlog.bytes() == bytes);
  backlog.put({Space::history, "1"}, std::string(2'000, 'v'), {});
  CHECK(backlog.lost() == 51);
  backlog.put({Space::history, "1"}, std::string(100, 'v'), {});
  backlog.put({Space::history, "1"}, "v", {});
  backlog.forget({{Space::history, "1"}});
  CHECK(backlog.lost() == 51);
  CHECK(backlog.bytes() > bytes);
  backlog.done(*take_all(backlog).at(0));
  CHECK(backlog.bytes() == 0);
}

}  // namespace xspamd::test
