#include "tests/unit/rules/store/conformance.h"

#include <asio/post.hpp>
#include <catch2/catch.hpp>
#include <set>

namespace xspamd::test {

namespace {

class Bench {
 public:
  explicit Bench(const MakeStore& make) : store(make(loop)) {}

  std::vector<std::string> get(std::vector<StoreKey> keys) {
    auto entries = loop.wait(store->get(std::move(keys), soon()));
    REQUIRE(entries);
    std::vector<std::string> texts;
    for (const auto& entry : *entries)
      texts.push_back(shown(entry));
    return texts;
  }
  std::string get(const StoreKey& key) { return get(std::vector{key}).at(0); }
  StoreEntry entry(const StoreKey& key) {
    auto entries = loop.wait(store->get({key}, soon()));
    REQUIRE((entries && entries->at(0)));
    return *entries->at(0);
  }
  void add(const StoreKey& key, std::int64_t ham, std::int64_t spam, sys_seconds expires = {}) {
    store->add({delta(key, ham, spam, expires)});
  }
  void flush() { REQUIRE(loop.wait(store->flush(soon()))); }
  std::vector<std::string> list(const Store::Range& range) {
    auto rows = loop.wait(store->list(range, soon()));
    REQUIRE(rows);
    std::vector<std::string> ids;
    for (const auto& [id, entry] : *rows)
      ids.push_back(id);
    return ids;
  }

  StoreLoop loop;
  std::shared_ptr<Store> store;
};

const StoreKey kSender{Space::sender, "alice@example.org"};
const std::vector<StoreKey> kBothKinds = {token(7), kSender};  // tokens may lie elsewhere than all others

using Texts = std::vector<std::string>;

void check_counters(Bench& bench) {
  for (const StoreKey& key : kBothKinds) {
    SECTION(std::string("counters are summed, before and after a commit: ") + static_cast<char>(key.space)) {
      bench.add(key, 1, 2);
      bench.add(key, 10, 0);
      CHECK(bench.get(key) == "11/2");
      bench.flush();
      CHECK(bench.get(key) == "11/2");
      bench.add(key, 0, 5);
      CHECK(bench.get(key) == "11/7");
      bench.flush();
      CHECK(bench.get(key) == "11/7");
    }
    SECTION(std::string("no counter falls below 0, in whatever batch: ") + static_cast<char>(key.space)) {
      bench.add(key, 3, 5);
      bench.flush();
      bench.add(key, -10, 0);
      bench.add(key, 2, -1);  // 0 + 2, not 3 - 10 + 2
      CHECK(bench.get(key) == "2/4");
      bench.flush();
      CHECK(bench.get(key) == "2/4");
    }
    SECTION(std::string("an entry whose counters come to 0 is gone: ") + static_cast<char>(key.space)) {
      bench.add(key, 1, 1);
      bench.flush();
      bench.add(key, -1, -7);
      CHECK(bench.get(key) == "-");
      bench.flush();
      CHECK(bench.get(key) == "-");
      CHECK(bench.list({key.space, "", 10, false}).empty());
    }
    SECTION(std::string("what never was is nothing: ") + static_cast<char>(key.space)) {
      bench.add(key, -1, 0);
      CHECK(bench.get(key) == "-");
      bench.store->forget({key});
      bench.flush();
      CHECK(bench.get(key) == "-");
    }
    SECTION(std::string("counters end at the largest number: ") + static_cast<char>(key.space)) {
      constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
      bench.add(key, kMost, 1);
      bench.flush();
      bench.add(key, kMost, 1);
      bench.flush();
      CHECK(bench.get(key) == std::to_string(kMost) + "/2");
    }
    SECTION(std::string("forgotten is gone, and begins anew: ") + static_cast<char>(key.space)) {
      bench.add(key, 4, 4);
      bench.flush();
      bench.store->forget({key});
      CHECK(bench.get(key) == "-");
      bench.add(key, 1, 0);
      CHECK(bench.get(key) == "1/0");
      bench.flush();
      CHECK(bench.get(key) == "1/0");
    }
  }
}

void check_values(Bench& bench) {
  SECTION("put replaces the value, counters stay") {
    bench.add(kSender, 2, 0);
    bench.store->put(kSender, "one", {});
    CHECK(bench.get(kSender) == "2/0 one");
    bench.flush();
    bench.store->put(kSender, "two", {});
    bench.add(kSender, 1, 0);
    CHECK(bench.get(kSender) == "3/0 two");
    bench.flush();
    CHECK(bench.get(kSender) == "3/0 two");
  }
  SECTION("an empty value without counters is nothing") {
    bench.store->put(kSender, "one", {});
    bench.flush();
    bench.store->put(kSender, "", {});
    CHECK(bench.get(kSender) == "-");
    bench.flush();
    CHECK(bench.get(kSender) == "-");
  }
  SECTION("values and ids are any bytes") {
    const std::string all_zero(255, '\0');
    const std::string value = std::string("a\0b", 3) + std::string(100'000, '\xff');
    bench.store->put({Space::learned, all_zero}, value, {});
    bench.store->put({Space::learned, ""}, "no id", {});
    for (int i = 0; i < 2; ++i) {
      CHECK(bench.entry({Space::learned, all_zero}).value == value);
      CHECK(bench.entry({Space::learned, ""}).value == "no id");
      CHECK(bench.get({Space::learned, all_zero.substr(1)}) == "-");
      bench.flush();
    }
  }
  SECTION("spaces are apart") {
    const Space spaces[] = {Space::total,      Space::learned,  Space::history, Space::sender,
                            Space::reputation, Space::greylist, Space::bucket,  Space::fuzzy};
    for (const Space space : spaces)
      bench.store->put({space, "12345678"}, {static_cast<char>(space)}, {});
    bench.store->add({delta({Space::token, "12345678"}, 1, 0)});
    bench.flush();
    for (const Space space : spaces)
      CHECK(bench.entry({space, "12345678"}).value == std::string{static_cast<char>(space)});
    CHECK(bench.get({Space::token, "12345678"}) == "1/0");
  }
}

void check_keys(Bench& bench) {
  SECTION("an id that is too long is refused, and so is a token whose id has not 8 bytes") {
    const StoreKey bad[] = {
        {Space::sender, std::string(256, 'a')}, {Space::token, "1234567"}, {Space::token, ""}};
    for (const StoreKey& key : bad) {
      auto got = bench.loop.wait(bench.store->get({kSender, key}, soon()));
      REQUIRE(!got);
      CHECK(got.error().code == Errc::invalid);
      auto taken = bench.loop.wait(bench.store->take(key, 1, {10, 1}, soon()));
      REQUIRE(!taken);
      CHECK(taken.error().code == Errc::invalid);
      bench.store->add({delta(key, 1, 0), delta(kSender, 1, 0)});  // the others are not lost with it
      bench.store->put(key, "value", {});
      bench.store->forget({key});
    }
    bench.store->put(token(1), "tokens have no value", {});
    CHECK(bench.get({kSender, token(1)}) == Texts{"3/0", "-"});
    bench.flush();
    CHECK(bench.get({kSender, token(1)}) == Texts{"3/0", "-"});
    CHECK(bench.list({Space::sender, "", 10, false}) == Texts{kSender.id});
  }
  SECTION("get answers in the order of the keys, however often one comes") {
    bench.add(token(3), 3, 0);
    bench.add(token(1), 1, 0);
    bench.flush();
    bench.add(token(2), 2, 0);
    CHECK(bench.get({token(2), token(9), token(3), token(1), token(3)}) ==
          Texts{"2/0", "-", "3/0", "1/0", "3/0"});
    CHECK(bench.get(std::vector<StoreKey>{}).empty());
  }
}

void check_expiry(Bench& bench) {
  for (const StoreKey& key : kBothKinds) {
    SECTION(std::string("expired is gone for every verb, and begins anew: ") + static_cast<char>(key.space)) {
      bench.add(key, 5, 0, bench.loop.in(10));
      bench.flush();
      CHECK(bench.entry(key).expires == bench.loop.in(10));
      bench.loop.now += std::chrono::seconds(9);
      CHECK(bench.get(key) == "5/0");
      bench.loop.now += std::chrono::seconds(1);
      CHECK(bench.get(key) == "-");
      CHECK(bench.list({key.space, "", 10, true}).empty());
      bench.add(key, 1, 0, bench.loop.in(10));
      CHECK(bench.get(key) == "1/0");
      bench.flush();
      CHECK(bench.get(key) == "1/0");
    }
    SECTION(std::string("the later expiry holds, and never is the latest: ") + static_cast<char>(key.space)) {
      for (const bool between : {false, true}) {
        bench.store->forget({key});
        bench.add(key, 1, 0, bench.loop.in(100));
        if (between) bench.flush();
        bench.add(key, 1, 0, bench.loop.in(50));
        CHECK(bench.entry(key).expires == bench.loop.in(100));
        if (between) bench.flush();
        bench.add(key, 1, 0, bench.loop.in(200));
        bench.add(key, 1, 0);  // left as it is
        CHECK(bench.entry(key).expires == bench.loop.in(200));
        bench.store->forget({key});
        bench.add(key, 1, 0);
        if (between) bench.flush();
        bench.add(key, 1, 0, bench.loop.in(50));
        CHECK(bench.entry(key).expires == sys_seconds{});
      }
    }
  }
  SECTION("put sets the expiry, and an addition makes it later") {
    bench.store->put(kSender, "value", bench.loop.in(100));
    bench.flush();
    bench.store->put(kSender, "value", bench.loop.in(50));
    CHECK(bench.entry(kSender).expires == bench.loop.in(50));
    bench.add(kSender, 1, 0, bench.loop.in(70));
    CHECK(bench.entry(kSender).expires == bench.loop.in(70));
    bench.flush();
    CHECK(bench.entry(kSender).expires == bench.loop.in(70));
    bench.store->put(kSender, "value", {});
    bench.flush();
    CHECK(bench.entry(kSender).expires == sys_seconds{});
  }
  SECTION("what is put already expired is nothing") {
    bench.store->put(kSender, "value", bench.loop.in(-1));
    CHECK(bench.get(kSender) == "-");
    bench.flush();
    CHECK(bench.get(kSender) == "-");
  }
}

void check_lists(Bench& bench) {
  SECTION("list: newest and oldest, prefixes, as many as wanted") {
    const std::string odd("b\xff\xff", 3);
    for (const std::string& id : {std::string("a1"), std::string("a2"), std::string("b"), odd,
                                  std::string("b\xff", 2), std::string("c"), std::string("\xff\xff", 2)})
      bench.store->put({Space::history, id}, "v", {});
    bench.store->put({Space::fuzzy, "x"}, "before in order of letters", {});
    bench.store->put({Space::learned, "x"}, "after it", {});
    for (int i = 0; i < 2; ++i) {
      CHECK(bench.list({Space::history, "", 3, false}) == Texts{"a1", "a2", "b"});
      CHECK(bench.list({Space::history, "", 3, true}) == Texts{"\xff\xff", "c", odd});
      CHECK(bench.list({Space::history, "a", 10, true}) == Texts{"a2", "a1"});
      CHECK(bench.list({Space::history, "b\xff", 10, false}) == Texts{"b\xff", odd});
      CHECK(bench.list({Space::history, "\xff", 10, true}) == Texts{"\xff\xff"});
      CHECK(bench.list({Space::history, "d", 10, true}).empty());
      CHECK(bench.list({Space::history, "", 0, true}).empty());
      CHECK(bench.list({Space::history, std::string(300, 'a'), 9, true}).empty());
      bench.flush();
    }
  }
  SECTION("list: tokens by the first bytes of their id") {
    for (const std::uint64_t number : {0x0100ull, 0x01ffull, 0x0200ull, ~0ull, 0ull})
      bench.add(token(number), 1, 0);
    CHECK(bench.list({Space::token, "", 9, false}) ==
          Texts{token(0).id, token(0x0100).id, token(0x01ff).id, token(0x0200).id, token(~0ull).id});
    CHECK(bench.list({Space::token, "", 1, true}) == Texts{token(~0ull).id});
    CHECK(bench.list({Space::token, token(0x0100).id.substr(0, 7), 9, true}) ==
          Texts{token(0x01ff).id, token(0x0100).id});
    CHECK(bench.list({Space::token, token(0x0200).id, 9, true}) == Texts{token(0x0200).id});
    CHECK(bench.list({Space::token, token(0x0200).id + "x", 9, true}).empty());
  }
  SECTION("list comes with the whole entry") {
    bench.add(kSender, 1, 2);
    bench.store->put(kSender, "value", bench.loop.in(60));
    auto rows = bench.loop.wait(bench.store->list({Space::sender, "alice", 1, true}, soon()));
    REQUIRE((rows && rows->size() == 1));
    CHECK(rows->at(0).second == StoreEntry{{1, 2}, "value", bench.loop.in(60)});
  }
}

void check_large(Bench& bench) {
  constexpr std::uint64_t kTokens = 100'000;
  const auto id = [](std::uint64_t i) {
    return token(i * 0x9e3779b97f4a7c15ull);
  };
  SECTION("100,000 tokens in one batch, got in one batch, told one by one") {
    std::vector<Delta> deltas;
    std::vector<StoreKey> keys;
    for (std::uint64_t i = 0; i < kTokens; ++i) {
      deltas.push_back(delta(id(i), static_cast<std::int64_t>(i), 1));
      keys.push_back(id(i));
    }
    bench.store->add(std::move(deltas));
    const auto right = [&](const std::string& when) {
      auto entries = bench.loop.wait(bench.store->get(keys, soon()));
      REQUIRE(entries);
      REQUIRE(entries->size() == kTokens);
      std::size_t wrong = 0;
      for (std::uint64_t i = 0; i < kTokens; ++i)
        if (!entries->at(i) || entries->at(i)->counts != Counts{static_cast<std::int64_t>(i), 1}) ++wrong;
      INFO(when);
      CHECK(wrong == 0);
    };
    right("while it is accepted");
    bench.flush();
    right("once it is safe");
    std::set<std::string> told;
    std::int64_t sum = 0;
    auto told_all = bench.loop.wait(bench.store->for_each(
        Space::token,
        [&](std::string_view each, const StoreEntry& entry) {
          told.emplace(each);
          sum += entry.counts[0];
          return true;
        },
        soon()));
    CHECK(told_all);
    CHECK(told.size() == kTokens);
    CHECK(sum == static_cast<std::int64_t>(kTokens * (kTokens - 1) / 2));
  }
}

void check_for_each(Bench& bench) {
  SECTION("for_each tells of what has not expired, in order, and ends where it is told to") {
    for (int i = 0; i < 10; ++i)
      bench.store->put({Space::learned, "id" + std::to_string(i)}, "v",
                       i == 4 ? bench.loop.in(5) : sys_seconds{});
    bench.store->put({Space::learned, ""}, "the empty id too", {});
    bench.loop.now += std::chrono::seconds(5);
    const Texts all = {"", "id0", "id1", "id2", "id3", "id5", "id6", "id7", "id8", "id9"};
    for (const std::size_t most : {99u, 10u, 3u, 1u}) {
      Texts told;
      auto ended = bench.loop.wait(bench.store->for_each(
          Space::learned,
          [&](std::string_view id, const StoreEntry&) {
            told.emplace_back(id);
            return told.size() < most;
          },
          soon()));
      CHECK(ended);
      CHECK(told ==
            Texts(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()))));
    }
  }
}

Task<> take_one(Store& store, StoreKey key, int& fitted, int& ended) {
  const BucketLimits limits{10, 1};
  auto taken = co_await store.take(key, 1, limits, soon());
  if (taken && taken->fits) ++fitted;
  ++ended;
}

void check_buckets(Bench& bench) {
  const StoreKey key{Space::bucket, "192.0.2.1"};
  const auto take = [&](double amount, const BucketLimits& limits) {
    auto taken = bench.loop.wait(bench.store->take(key, amount, limits, soon()));
    REQUIRE(taken);
    return *taken;
  };
  SECTION("a bucket fills, refuses and drains") {
    CHECK(take(4, {5, 0.5}).level == 4);
    const Taken refused = take(2, {5, 0.5});
    CHECK(!refused.fits);
    CHECK(refused.level == 4);
    bench.loop.now += std::chrono::milliseconds(2'500);
    CHECK(take(0, {5, 0.5}).level == 2.75);
    CHECK(take(2.25, {5, 0.5}).fits);
    bench.loop.now -= std::chrono::seconds(100);  // a clock that is set back fills nothing and drains nothing
    CHECK(take(0, {5, 0.5}).level == 5);
    bench.loop.now += std::chrono::seconds(1'000);
    CHECK(take(1, {5, 0.5}).level == 1);
  }
  SECTION("of many at once exactly those fit that fit") {
    int fitted = 0;
    int ended = 0;
    for (int i = 0; i < 50; ++i) {
      bench.loop.spawn(take_one(*bench.store, key, fitted, ended));
      bench.store->add({delta(token(static_cast<std::uint64_t>(i)), 1, 0)});
    }
    REQUIRE(bench.loop.until([&] { return ended == 50; }));
    CHECK(fitted == 10);
  }
  SECTION("a bucket that was forgotten is empty at once") {
    CHECK(take(5, {5, 1}).fits);
    bench.store->forget({key});
    CHECK(take(5, {5, 1}).fits);
    CHECK(!take(5, {5, 1}).fits);
  }
  SECTION("an amount that is none is refused") {
    const double bad[] = {-1, std::numeric_limits<double>::quiet_NaN(),
                          std::numeric_limits<double>::infinity()};
    for (const double amount : bad) {
      auto taken = bench.loop.wait(bench.store->take(key, amount, {10, 1}, soon()));
      REQUIRE(!taken);
      CHECK(taken.error().code == Errc::invalid);
    }
  }
}

Task<> count_up(Store& store, StoreKey key, int times, int& wrong, int& ended) {
  for (int i = 1; i <= times; ++i) {
    store.add({delta(key, 1, 0)});
    std::vector<StoreKey> keys{key};
    auto entries = co_await store.get(keys, soon());
    if (!entries || !entries->at(0) || entries->at(0)->counts[0] != i) ++wrong;
  }
  ++ended;
}

void check_own_writes(Bench& bench) {
  SECTION("everyone sees what was written before, at every moment of a commit") {
    int wrong = 0;
    int ended = 0;
    for (std::uint64_t i = 0; i < 4; ++i)
      bench.loop.spawn(count_up(*bench.store, token(i), 1'000, wrong, ended));
    bench.loop.spawn(count_up(*bench.store, kSender, 1'000, wrong, ended));
    REQUIRE(bench.loop.until([&] { return ended == 5; }));
    CHECK(wrong == 0);
    bench.flush();
    CHECK(bench.get({token(0), token(3), kSender}) == Texts{"1000/0", "1000/0", "1000/0"});
    CHECK(bench.store->trouble().empty());
  }
}

void check_deadlines(Bench& bench) {
  SECTION("with a deadline that has passed every verb returns, with an answer or as unavailable") {
    const Deadline past = Clock::now() - std::chrono::seconds(1);
    bench.add(kSender, 1, 0);
    const auto fine = [](const auto& result) {
      return result || result.error().code == Errc::unavailable;
    };
    CHECK(fine(bench.loop.wait(bench.store->get({kSender}, past))));
    CHECK(fine(bench.loop.wait(bench.store->take({Space::bucket, "b"}, 1, {10, 1}, past))));
    CHECK(fine(bench.loop.wait(bench.store->list({Space::sender, "", 9, true}, past))));
    CHECK(fine(bench.loop.wait(bench.store->for_each(
        Space::sender, [](std::string_view, const StoreEntry&) { return true; }, past))));
    CHECK(fine(bench.loop.wait(bench.store->flush(past))));
    CHECK(bench.store->trouble().empty());
    CHECK(bench.get(kSender) == "1/0");  // and the write is not lost
  }
}

}  // namespace

void check_conformance(const MakeStore& make) {
  Bench bench(make);
  check_counters(bench);
  check_values(bench);
  check_keys(bench);
  check_expiry(bench);
  check_lists(bench);
  check_large(bench);
  check_for_each(bench);
  check_buckets(bench);
  check_own_writes(bench);
  check_deadlines(bench);
}

}  // namespace xspamd::test
