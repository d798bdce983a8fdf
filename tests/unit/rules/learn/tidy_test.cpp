#include "rules/learn/tidy.h"

#include <fmt/format.h>

#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "rules/store/memory.h"
#include "tests/unit/rules/store/sqlite_file.h"

using namespace xspamd;
using namespace xspamd::test;

namespace {

constexpr std::size_t kMost = 1'000;

TidyLimits small(std::size_t most = kMost) {
  TidyLimits limits;
  limits.most_tokens = most;
  limits.at_once = 64;
  limits.held = 150;
  limits.between_them = std::chrono::milliseconds(0);
  return limits;
}

void load_on(StoreLoop& loop, Store& store, BayesMemory& memory) {
  bool loaded = false;
  const auto task = [&]() -> Task<> {
    co_await memory.load(store);
    // Behind the tokens that a store without a thread has told and the loop still has to put in.
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    loaded = true;
  };
  loop.spawn(task());
  REQUIRE(loop.until([&] { return loaded; }));
}

TokenCounts known(const BayesMemory& memory, std::uint64_t number) {
  const std::vector<std::uint64_t> tokens{number};
  return memory.view().counts(tokens).front();
}

struct Memory {
  StoreLoop loop;
  MemoryStore store{loop.clock(), std::size_t{256} << 20};
  BayesMemory memory;

  explicit Memory(std::size_t most = kMost) : memory(most) {}

  // Tokens of a message that was learned, as the learner does it.
  void learn(std::uint64_t first, std::size_t count, int ham, int spam, int expires_in) {
    std::vector<Delta> deltas{delta({Space::total, ""}, ham, spam)};
    std::vector<std::uint64_t> tokens;
    const auto expires = expires_in == 0 ? sys_seconds{} : loop.in(expires_in);
    for (std::uint64_t number = first; number < first + count; ++number) {
      deltas.push_back(delta(token(number), ham, spam, expires));
      tokens.push_back(number);
    }
    store.add(std::move(deltas));
    memory.apply("", tokens, ham, spam);
  }
  Result<Tidied> tidy(const TidyLimits& limits) {
    return loop.wait(drop_rare_tokens(store, memory, limits, soon()));
  }
  void load() { load_on(loop, store, memory); }
  TokenCounts known(std::uint64_t number) const { return ::known(memory, number); }
  std::map<std::uint64_t, TokenCounts> stored() {
    std::map<std::uint64_t, TokenCounts> all;
    const auto each = [&](std::string_view id, const StoreEntry& entry) {
      all[token_from(id)] = token_counts_from(entry);
      return true;
    };
    REQUIRE(loop.wait(store.for_each(Space::token, each, soon())));
    return all;
  }
  std::size_t stored_between(std::uint64_t first, std::uint64_t end) {
    std::size_t count = 0;
    for (const auto& [number, counts] : stored())
      count += number >= first && number < end ? 1 : 0;
    return count;
  }
  void check_table_is_store() {
    const auto all = stored();
    CHECK(memory.tokens() == all.size());
    std::size_t different = 0;
    for (const auto& [number, counts] : all)
      different += known(number) == counts ? 0 : 1;
    CHECK(different == 0);
  }
};

// What happens on the loop while the store is asked.
class Disturbed final : public Store {
 public:
  Disturbed(Store& store, std::function<void(std::string_view)> disturb)
      : store_(store), disturb_(std::move(disturb)) {}

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override {
    disturb_("get");
    return store_.get(std::move(keys), deadline);
  }
  void add(std::vector<Delta> deltas) override {
    disturb_("add");
    store_.add(std::move(deltas));
  }
  void put(StoreKey key, std::string value, sys_seconds expires) override {
    store_.put(std::move(key), std::move(value), expires);
  }
  void forget(std::vector<StoreKey> keys) override { store_.forget(std::move(keys)); }
  Task<Result<Taken>> take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) override {
    return store_.take(std::move(key), amount, limits, deadline);
  }
  Task<Result<Rows>> list(Range range, Deadline deadline) override {
    return store_.list(std::move(range), deadline);
  }
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override {
    disturb_("for_each");
    return store_.for_each(space, std::move(each), deadline);
  }
  Task<Result<void>> flush(Deadline deadline) override {
    disturb_("flush");
    if (fails) co_return fail(Errc::unavailable, "the disk is full");
    co_return co_await store_.flush(deadline);
  }
  std::string trouble() const override { return {}; }

  bool fails = false;

 private:
  Store& store_;
  std::function<void(std::string_view)> disturb_;
};

}  // namespace

TEST_CASE("tidy: a table is nearly full when 95 of 100 places are taken and it is loaded") {
  Memory m;
  m.learn(1, 950, 1, 0, 100);
  CHECK_FALSE(is_nearly_full(m.memory, small()));
  m.load();
  CHECK(is_nearly_full(m.memory, small()));
  Memory less;
  less.learn(1, 949, 1, 0, 100);
  less.load();
  CHECK_FALSE(is_nearly_full(less.memory, small()));
}

TEST_CASE("tidy: those go first that were learned least, and of them those not learned for longest") {
  struct Case {
    std::string why;
    std::size_t forever, older, newer, twice, often;  // tokens of each kind
    std::vector<std::size_t> stay;
    std::size_t once, oftener;
  };
  const std::vector<Case> cases{
      {"nothing to do", 200, 200, 200, 200, 0, {200, 200, 200, 200, 0}, 0, 0},
      {"stored before tokens expired", 250, 200, 200, 200, 100, {100, 200, 200, 200, 100}, 150, 0},
      {"the older ones", 0, 300, 400, 200, 100, {0, 100, 400, 200, 100}, 200, 0},
      {"then the newer ones", 100, 100, 400, 200, 200, {0, 0, 400, 200, 200}, 200, 0},
      {"then those of two messages", 0, 0, 100, 500, 400, {0, 0, 0, 400, 400}, 100, 100},
      {"then the others", 0, 0, 0, 100, 900, {0, 0, 0, 0, 800}, 0, 200},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Memory m;
    m.learn(1'000, c.forever, 1, 0, 0);
    m.learn(2'000, c.older, 0, 1, 1'000);
    m.learn(3'000, c.newer, 1, 0, 1'001);
    m.learn(4'000, c.twice, 1, 1, 10);
    m.learn(5'000, c.often, 5, 0, 10);
    m.load();
    const LearnedTotals before = m.memory.totals();
    const auto tidied = m.tidy(small());
    REQUIRE(tidied);
    CHECK(tidied->once == c.once);
    CHECK(tidied->oftener == c.oftener);
    for (std::size_t kind = 0; kind < c.stay.size(); ++kind)
      CHECK(m.stored_between(1'000 * (kind + 1), 1'000 * (kind + 2)) == c.stay[kind]);
    m.check_table_is_store();
    CHECK(m.memory.totals().ham == before.ham);
    CHECK(m.memory.totals().spam == before.spam);
    const auto total = m.loop.wait(m.store.get({{Space::total, ""}}, soon()));
    CHECK(shown(total->front()) == fmt::format("{}/{}", before.ham, before.spam));
  }
}

TEST_CASE("tidy: what was learned while the table was full is known afterwards") {
  Memory m(100'000);
  m.learn(1, 100'000, 1, 0, 1'000);
  m.load();
  m.loop.now += std::chrono::seconds(10);
  m.learn(1'000'000, 100'000, 0, 1, 1'000);
  CHECK(m.known(1'000'000) == TokenCounts{});
  TidyLimits limits = small(100'000);
  limits.held = 30'000;
  const auto tidied = m.tidy(limits);
  REQUIRE(tidied);
  CHECK(tidied->once == 120'000);
  CHECK(tidied->found == 80'000);
  CHECK(m.memory.tokens() == 80'000);
  CHECK(m.stored_between(1'000'000, 1'100'000) == 80'000);
  m.check_table_is_store();
  m.learn(5'000'000, 20'000, 1, 0, 1'000);
  CHECK(m.known(5'019'999) == TokenCounts{1, 0});
}

TEST_CASE("tidy: a count that the table missed while it was full is put right") {
  Memory m;
  m.learn(1, kMost, 1, 0, 100);
  m.load();
  m.learn(5'000, 1, 0, 1, 200);
  m.learn(1, 1, -1, 0, 200);  // room for one
  m.learn(5'000, 1, 0, 1, 200);
  CHECK(m.known(5'000) == TokenCounts{0, 1});
  REQUIRE(m.tidy(small()));
  CHECK(m.known(5'000) == TokenCounts{0, 2});
  m.check_table_is_store();
}

TEST_CASE("tidy: tokens whose time was over leave the table, and nothing is dropped for them") {
  Memory m;
  m.learn(1, 400, 1, 0, 10);
  m.learn(1'000, 580, 1, 0, 100);
  m.load();
  m.loop.now += std::chrono::seconds(20);
  const auto tidied = m.tidy(small());
  REQUIRE(tidied);
  CHECK(tidied->once == 0);
  CHECK(tidied->gone == 400);
  CHECK(m.known(1) == TokenCounts{});
  m.check_table_is_store();
}

TEST_CASE("tidy: what is learned or forgotten meanwhile is not lost, whenever it comes") {
  for (const std::string_view moment : {"for_each", "add", "flush", "get"}) {
    INFO(moment);
    Memory m;
    m.learn(1, kMost, 1, 0, 100);
    m.load();
    m.learn(2'000, 200, 1, 0, 200);  // not in the table
    std::uint64_t next = 10'000;
    std::map<std::uint64_t, int> again;
    Disturbed disturbed(m.store, [&](std::string_view what) {
      if (what != moment) return;
      m.learn(++next, 1, 0, 1, 300);     // a new one
      m.learn(2'100, 1, 1, 0, 300);      // one of those that come in
      m.learn(next % 50, 1, 1, 0, 300);  // one of those that go
      ++again[next % 50];
    });
    const auto tidied = m.loop.wait(drop_rare_tokens(disturbed, m.memory, small(), soon()));
    REQUIRE(tidied);
    CHECK(next > 10'000);
    m.check_table_is_store();
    const auto stored = m.stored();
    for (std::uint64_t number = 10'001; number <= next; ++number)
      CHECK(stored.at(number) == TokenCounts{0, 1});
    CHECK(stored.at(2'100).ham == next - 10'000 + 1);
    for (const auto& [number, times] : again) {
      INFO(number);
      if (number != 0) CHECK(stored.at(number).ham >= static_cast<std::uint32_t>(times));
    }
  }
}

TEST_CASE("tidy: where it breaks off, store and table agree and the next one does the rest") {
  for (int flushes = 0; flushes < 6; ++flushes) {
    INFO(flushes);
    Memory m;
    m.learn(1, kMost, 1, 0, 100);
    m.load();
    int left = flushes;
    Disturbed disturbed(m.store, [](std::string_view) {});
    Disturbed ending(disturbed,
                     [&](std::string_view what) { ending.fails = what == "flush" && left-- == 0; });
    const auto broken = m.loop.wait(drop_rare_tokens(ending, m.memory, small(), soon()));
    const bool is_whole = flushes > 4;  // four batches, and before the table is compared
    REQUIRE(broken.has_value() == is_whole);
    if (!is_whole) CHECK(broken.error().sentence == "the disk is full");
    m.check_table_is_store();
    CHECK(m.memory.totals().ham == 1);
    REQUIRE(m.tidy(small()));
    CHECK(m.stored().size() == kMost / 5 * 4);
    m.check_table_is_store();
  }
}

TEST_CASE("tidy: a file that lost its server in the middle is whole and is tidied by the next one") {
  constexpr std::size_t kInFile = 25'000;
  constexpr std::size_t kInTable = 20'000;
  StoreFile file;
  file.open();
  std::vector<Delta> deltas{delta({Space::total, ""}, 7, 9)};
  for (std::uint64_t number = 1; number <= kInFile; ++number)
    deltas.push_back(
        delta(token(number * 0x9E3779B97F4A7C15U), 1, 0, file.loop.in(static_cast<int>(number))));
  file.store->add(std::move(deltas));
  TidyLimits limits = small(kInTable);
  limits.at_once = 1'000;
  limits.held = 4'000;
  int left = 5;
  {
    BayesMemory memory(kInTable);
    load_on(file.loop, *file.store, memory);
    Disturbed disturbed(*file.store, [](std::string_view) {});
    Disturbed ending(disturbed,
                     [&](std::string_view what) { ending.fails = what == "flush" && left-- == 0; });
    CHECK_FALSE(file.loop.wait(drop_rare_tokens(ending, memory, limits, soon())));
  }
  file.close();
  CHECK(check_integrity(file.settings.path));
  OtherConnection other(file.settings.path);
  CHECK(other.number("SELECT count(*) FROM tokens") == kInFile - 6'000);
  file.open();
  BayesMemory memory(kInTable);
  load_on(file.loop, *file.store, memory);
  const auto tidied = file.loop.wait(drop_rare_tokens(*file.store, memory, limits, soon()));
  REQUIRE(tidied);
  CHECK(tidied->once == 3'000);
  CHECK(memory.tokens() == kInTable / 5 * 4);
  CHECK(other.number("SELECT count(*) FROM tokens") == kInTable / 5 * 4);
  CHECK(known(memory, 9'000 * 0x9E3779B97F4A7C15U) == TokenCounts{});
  CHECK(known(memory, 9'001 * 0x9E3779B97F4A7C15U) == TokenCounts{1, 0});
  CHECK(memory.totals().ham == 7);
  CHECK(memory.totals().spam == 9);
}
