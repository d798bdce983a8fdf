#include "rules/learn/bayes_memory.h"

#include <algorithm>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "rules/io/random.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostOwners = 100'000;  // those beyond it are taken for untaught until the next start
constexpr std::size_t kPiece = 4'096;         // tokens put into the table at once
constexpr std::chrono::minutes kLoadTime{5};

struct Loaded {
  std::uint64_t token;
  TokenCounts counts;
};

std::uint32_t count_of(std::int64_t stored) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(stored, 0, UINT32_MAX));
}

std::uint64_t moved(std::uint64_t count, int by) {
  if (by < 0 && count == 0) return 0;
  return count + static_cast<std::uint64_t>(by);
}

}  // namespace

LearnedTotals totals_from(const std::optional<StoreEntry>& entry) {
  if (!entry) return {};
  return {count_of(entry->counts[0]), count_of(entry->counts[1])};
}

TokenCounts token_counts_from(const std::optional<StoreEntry>& entry) {
  if (!entry) return {};
  return {count_of(entry->counts[0]), count_of(entry->counts[1])};
}

std::string token_id(std::uint64_t token) {
  std::string id(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    id[i] = static_cast<char>(token >> (56 - 8 * i));
  return id;
}

std::uint64_t token_from(std::string_view id) {
  if (id.size() != 8) return 0;
  std::uint64_t token = 0;
  for (const char c : id)
    token = token << 8 | static_cast<unsigned char>(c);
  return token;
}

BayesMemory::BayesMemory(std::size_t most_tokens) : table_(most_tokens, Random().next64()) {}

Task<> BayesMemory::load(Store& store) {
  elsewhere_ = store.is_shared();
  table_.clear();
  totals_.clear();
  if (elsewhere_) {
    state_ = State::ready;
    co_return;
  }
  state_ = State::loading;
  const auto executor = co_await asio::this_coro::executor;
  // The store reads on a thread of its own; the table has one writer, the loop.
  auto put = [this](const std::vector<Loaded>& piece) {
    for (const Loaded& each : piece)
      table_.set(each.token, each.counts);
  };
  const auto piece = std::make_shared<std::vector<Loaded>>();
  auto each = [piece, executor, put](std::string_view id, const StoreEntry& entry) {
    const std::uint64_t token = token_from(id);
    if (token != 0) piece->push_back({token, {count_of(entry.counts[0]), count_of(entry.counts[1])}});
    if (piece->size() < kPiece) return true;
    asio::post(executor, [put, full = std::exchange(*piece, {})] { put(full); });
    return true;
  };
  const Deadline until = Clock::now() + kLoadTime;
  const auto read = co_await store.for_each(Space::token, each, until);
  put(*piece);
  const auto found = std::make_shared<std::map<std::string, LearnedTotals, std::less<>>>();
  auto each_total = [found](std::string_view id, const StoreEntry& entry) {
    found->emplace(id, totals_from(entry));
    return found->size() < kMostOwners;
  };
  const auto totals = co_await store.for_each(Space::total, each_total, until);
  if (!read || !totals) {
    state_ = State::failed;
    why_not_ = read ? totals.error().sentence : read.error().sentence;
    co_return;
  }
  totals_ = std::move(*found);
  co_await asio::post(executor, asio::use_awaitable);  // behind the last pieces
  state_ = State::ready;
}

LearnedTotals BayesMemory::totals(std::string_view owner) const {
  const auto found = totals_.find(owner);
  return found == totals_.end() ? LearnedTotals() : found->second;
}

void BayesMemory::apply(std::string_view owner, std::span<const std::uint64_t> tokens, int ham, int spam) {
  if (elsewhere_) return;
  for (const std::uint64_t token : tokens)
    table_.add(token, ham, spam);
  const LearnedTotals before = totals(owner);
  note_totals(owner, {moved(before.ham, ham), moved(before.spam, spam)});
}

void BayesMemory::note_totals(std::string_view owner, const LearnedTotals& totals) {
  if (totals_.size() >= kMostOwners && !totals_.contains(owner)) return;
  totals_[std::string(owner)] = totals;
}

}  // namespace xspamd
