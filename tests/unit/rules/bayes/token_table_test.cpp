#include "rules/bayes/token_table.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <limits>
#include <map>
#include <random>
#include <thread>

using namespace xspamd;

namespace {

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

TokenCounts counts_of(const TokenTable& table, std::uint64_t token) {
  const std::vector<std::uint64_t> tokens{token};
  return table.view().counts(tokens).front();
}

}  // namespace

TEST_CASE("token table: what was set and added is found, what was not is 0") {
  TokenTable table(100);
  CHECK(counts_of(table, 5) == TokenCounts{0, 0});
  CHECK(table.set(5, {3, 4}));
  CHECK(table.add(5, 1, -1));
  CHECK(table.add(6, 0, 2));
  const std::vector<std::uint64_t> tokens{6, 7, 5, 6, 0};
  const std::vector<TokenCounts> expected{{0, 2}, {0, 0}, {4, 3}, {0, 2}, {0, 0}};
  CHECK(table.view().counts(tokens) == expected);
  CHECK(table.view().counts({}).empty());
  CHECK(table.size() == 2);
}

TEST_CASE("token table: counts stop at both ends") {
  struct Case {
    TokenCounts before;
    std::int64_t ham, spam;
    TokenCounts after;
  };
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  const std::vector<Case> cases{
      {{kMost - 1, 0}, 1, 0, {kMost, 0}},
      {{kMost, 7}, 1, 0, {kMost, 7}},
      {{kMost, 7}, kHuge, kHuge, {kMost, kMost}},
      {{0, 0}, kHuge, 1, {kMost, 1}},
      {{3, 3}, -4, 0, {0, 3}},
      {{3, 3}, -kHuge - 1, -kHuge - 1, {0, 0}},
      {{kMost, kMost}, -1, -std::int64_t{kMost}, {kMost - 1, 0}},
  };
  for (const Case& c : cases) {
    TokenTable table(10);
    CHECK(table.set(9, c.before));
    CHECK(table.add(9, c.ham, c.spam));
    CHECK(counts_of(table, 9) == c.after);
  }
}

TEST_CASE("token table: it grows, and keeps every token with what memory was promised") {
  constexpr std::size_t kTokens = 200'000;
  TokenTable table(kTokens, 12345);
  std::mt19937_64 random(1);
  std::map<std::uint64_t, TokenCounts> expected;
  while (expected.size() < kTokens) {
    const std::uint64_t token = random();
    const TokenCounts counts{static_cast<std::uint32_t>(random() % 100), 1};
    if (token != 0 && expected.emplace(token, counts).second) REQUIRE(table.set(token, counts));
  }
  CHECK(table.size() == kTokens);
  CHECK(table.bytes() < 24 * kTokens);
  std::vector<std::uint64_t> tokens;
  std::vector<TokenCounts> counts;
  for (const auto& [token, count] : expected) {
    tokens.push_back(token);
    counts.push_back(count);
  }
  CHECK(table.view().counts(tokens) == counts);
}

TEST_CASE("token table: room that was made before is as much as the tokens need") {
  constexpr std::size_t kTokens = 100'000;
  TokenTable table(kTokens);
  table.reserve(kTokens);
  const std::size_t bytes = table.bytes();
  for (std::uint64_t token = 1; token <= kTokens; ++token)
    table.set(token, {1, 0});
  CHECK(table.size() == kTokens);
  CHECK(table.bytes() == bytes);
  CHECK(bytes < 24 * kTokens);
}

TEST_CASE("token table: a full table takes no new token but goes on counting those it has") {
  TokenTable table(2);
  CHECK(table.add(1, 1, 0));
  CHECK(table.add(2, 1, 0));
  CHECK_FALSE(table.add(3, 1, 0));
  CHECK_FALSE(table.set(3, {1, 0}));
  CHECK(table.add(2, 1, 0));
  CHECK(counts_of(table, 3) == TokenCounts{});
  CHECK(counts_of(table, 2) == TokenCounts{2, 0});
  // A forgotten one makes room, and may not come back when another has taken it.
  CHECK(table.add(1, -1, 0));
  CHECK(table.size() == 1);
  CHECK(table.add(3, 1, 0));
  CHECK_FALSE(table.add(1, 1, 0));
  CHECK(counts_of(table, 1) == TokenCounts{});
}

TEST_CASE("token table: forgotten tokens leave room, however many come and go") {
  TokenTable table(1000);
  for (std::uint64_t token = 1; token <= 100'000; ++token) {
    REQUIRE(table.add(token, 1, 0));
    if (token > 500) REQUIRE(table.add(token - 500, -1, 0));
  }
  CHECK(table.size() == 500);
  CHECK(table.bytes() < 100'000);
  CHECK(counts_of(table, 100'000) == TokenCounts{1, 0});
  CHECK(counts_of(table, 99'500) == TokenCounts{});
}

TEST_CASE("token table: a token that is unknown and has no count, and the token 0, are not kept") {
  TokenTable table(10);
  CHECK(table.set(4, {0, 0}));
  CHECK(table.add(4, -3, 0));
  CHECK(table.set(0, {5, 5}));
  CHECK(table.add(0, 5, 5));
  CHECK(table.size() == 0);
  CHECK(counts_of(table, 0) == TokenCounts{});
}

TEST_CASE("token table: a view keeps the tokens it began with while the table is cleared or grows") {
  TokenTable table(100'000);
  table.set(1, {1, 2});
  const TokenTable::View view = table.view();
  for (std::uint64_t token = 2; token < 10'000; ++token)
    table.set(token, {9, 9});
  table.clear();
  CHECK(table.size() == 0);
  CHECK(counts_of(table, 1) == TokenCounts{});
  const std::vector<std::uint64_t> tokens{1};
  CHECK(view.counts(tokens).front() == TokenCounts{1, 2});
}

TEST_CASE("token table: readers see whole counts while one thread writes") {
  constexpr std::uint64_t kTokens = 20'000;
  TokenTable table(2 * kTokens);
  std::atomic<bool> done = false;
  std::atomic<std::size_t> torn = 0;
  std::atomic<std::size_t> lost = 0;
  const auto read = [&] {
    std::vector<std::uint64_t> tokens;
    for (std::uint64_t token = 1; token <= kTokens; token += 7)
      tokens.push_back(token);
    std::vector<bool> seen(tokens.size());
    do {
      const std::vector<TokenCounts> counts = table.view().counts(tokens);
      for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i].ham != counts[i].spam) ++torn;
        if (seen[i] && counts[i].ham == 0) ++lost;
        seen[i] = seen[i] || counts[i].ham != 0;
      }
    } while (!done);
  };
  std::thread first(read);
  std::thread second(read);
  for (int round = 0; round < 5; ++round) {
    for (std::uint64_t token = 1; token <= kTokens; ++token)
      table.add(token, 1, 1);
  }
  done = true;
  first.join();
  second.join();
  CHECK(torn == 0);
  CHECK(lost == 0);
  CHECK(counts_of(table, kTokens) == TokenCounts{5, 5});
}

TEST_CASE("token table: a fifth that is forgotten is room for as many new tokens, in the same memory") {
  constexpr std::uint64_t kTokens = 100'000;
  TokenTable table(kTokens);
  for (std::uint64_t token = 1; token <= kTokens; ++token)
    table.set(token, {1, 0});
  const std::size_t bytes = table.bytes();
  for (std::uint64_t round = 0; round < 5; ++round) {
    const std::uint64_t first = round * (kTokens / 5) + 1;
    for (std::uint64_t token = first; token < first + kTokens / 5; ++token)
      REQUIRE(table.set(token, {0, 0}));
    REQUIRE(table.size() == kTokens / 5 * 4);
    for (std::uint64_t token = first; token < first + kTokens / 5; ++token)
      REQUIRE(table.set(kTokens + token, {0, 1}));
    CHECK_FALSE(table.set(first, {1, 0}));
  }
  CHECK(table.size() == kTokens);
  CHECK(table.bytes() < bytes + bytes / 20);
  std::size_t wrong = 0;
  for (std::uint64_t token = 1; token <= kTokens; ++token)
    wrong +=
        counts_of(table, token) == TokenCounts{} && counts_of(table, kTokens + token) == TokenCounts{0, 1}
            ? 0
            : 1;
  CHECK(wrong == 0);
}

TEST_CASE("token table: a review forgets what was neither seen nor written since it began") {
  TokenTable table(100'000);
  constexpr std::uint64_t kOld = 20'000;
  for (std::uint64_t token = 1; token <= kOld; ++token)
    table.set(token, {2, 0});
  const auto forget_unseen = [&table] {
    std::size_t forgotten = 0;
    for (std::size_t part = 0; part < TokenTable::kParts; ++part)
      forgotten += table.forget_unseen(part);
    return forgotten;
  };
  CHECK(forget_unseen() == 0);  // there is no review
  CHECK(table.see(7) == TokenCounts{2, 0});
  table.begin_review();
  for (std::uint64_t token = 1; token <= kOld; token += 4) {
    CHECK(table.see(token) == TokenCounts{2, 0});
    table.add(token + 1, 0, 1);
    table.set(token + 2, {2, 0});
  }
  CHECK(table.see(kOld + 1) == TokenCounts{});
  CHECK(table.see(0) == TokenCounts{});
  for (std::uint64_t token = 2 * kOld; token < 4 * kOld; ++token)  // shards grow
    table.set(token, {1, 1});
  CHECK(forget_unseen() == kOld / 4);
  CHECK(table.size() == kOld / 4 * 3 + 2 * kOld);
  CHECK(counts_of(table, 1) == TokenCounts{2, 0});
  CHECK(counts_of(table, 2) == TokenCounts{2, 1});
  CHECK(counts_of(table, 3) == TokenCounts{2, 0});
  CHECK(counts_of(table, 4) == TokenCounts{});
  CHECK(counts_of(table, 2 * kOld) == TokenCounts{1, 1});
  CHECK(forget_unseen() == 0);
  table.begin_review();
  table.clear();
  CHECK(forget_unseen() == 0);
}
