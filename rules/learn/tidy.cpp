#include "rules/learn/tidy.h"

#include <algorithm>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <utility>
#include <vector>

#include "rules/io/event.h"

namespace xspamd {

namespace {

// The order in which tokens go: a number of evidence, then time. The limit among a million such numbers is
// found digit by digit, each with one reading of the store, so that nothing is held but a count of each
// digit.
constexpr unsigned kTimeBits = 32;  // seconds since 1970, until 2106
constexpr unsigned kEvidenceBits = 10;
constexpr unsigned kDigitBits = 14;
constexpr unsigned kDigits = 3;
static_assert(kDigits * kDigitBits == kTimeBits + kEvidenceBits);

std::int64_t messages_of(const StoreEntry& entry) {
  constexpr std::int64_t kMost = (1 << kEvidenceBits) - 1;
  const std::int64_t ham = std::clamp<std::int64_t>(entry.counts[0], 0, kMost);
  const std::int64_t spam = std::clamp<std::int64_t>(entry.counts[1], 0, kMost);
  return std::clamp<std::int64_t>(ham + spam, 1, kMost);
}

std::uint64_t rank_of(const StoreEntry& entry) {
  constexpr std::int64_t kMost = (std::int64_t{1} << kTimeBits) - 1;
  const std::int64_t time = std::clamp<std::int64_t>(entry.expires.time_since_epoch().count(), 0, kMost);
  return static_cast<std::uint64_t>(messages_of(entry)) << kTimeBits | static_cast<std::uint64_t>(time);
}

// Where the tokens end that go.
struct Limit {
  std::size_t to_drop = 0;  // tokens
  std::uint64_t rank = 0;   // below it all go
  std::size_t ties = 0;     // and so many of this rank
};

struct Rare {
  std::uint64_t token;
  Counts counts;
};

struct Work {
  Store& store;
  TokenTable& table;
  const TidyLimits limits;
  const Deadline deadline;
  Tidied done;
};

// What the store's thread and the loop share is held by both: the thread may go on after the deadline.
struct Histogram {
  std::vector<std::size_t> counts = std::vector<std::size_t>(std::size_t{1} << kDigitBits);
  std::size_t total = 0;
};

Task<Result<std::shared_ptr<Histogram>>> count_digit(Work& work, std::uint64_t upper, unsigned shift) {
  const auto histogram = std::make_shared<Histogram>();
  Store::Each each = [histogram, upper, shift](std::string_view, const StoreEntry& entry) {
    const std::uint64_t rank = rank_of(entry) >> shift;
    if (rank >> kDigitBits != upper) return true;
    ++histogram->counts[rank & ((1U << kDigitBits) - 1)];
    ++histogram->total;
    return true;
  };
  const auto read = co_await work.store.for_each(Space::token, std::move(each), work.deadline);
  if (!read) co_return tl::unexpected(read.error());
  co_return histogram;
}

Task<Result<Limit>> find_limit(Work& work) {
  const std::size_t kept = work.limits.most_tokens / 5 * 4;
  Limit limit;
  for (unsigned digits = 1; digits <= kDigits; ++digits) {
    const unsigned shift = (kDigits - digits) * kDigitBits;
    const auto counted = co_await count_digit(work, limit.rank, shift);
    if (!counted) co_return tl::unexpected(counted.error());
    const Histogram& histogram = **counted;
    if (digits == 1) {
      if (histogram.total <= kept) co_return Limit{};
      limit.to_drop = limit.ties = histogram.total - kept;
    }
    std::size_t digit = 0;
    for (; digit + 1 < histogram.counts.size() && histogram.counts[digit] < limit.ties; ++digit)
      limit.ties -= histogram.counts[digit];
    limit.rank = limit.rank << kDigitBits | digit;
  }
  co_return limit;
}

// Some that are to go: as many as are held at once.
Task<Result<std::vector<Rare>>> find_rare(Work& work, Limit& limit) {
  struct Found {
    std::vector<Rare> rare;
    std::size_t ties;
  };
  const auto found = std::make_shared<Found>(Found{{}, limit.ties});
  const std::size_t most = std::min(limit.to_drop, work.limits.held);
  Store::Each each = [found, most, rank = limit.rank](std::string_view id, const StoreEntry& entry) {
    const std::uint64_t own = rank_of(entry);
    if (own > rank || (own == rank && found->ties == 0)) return true;
    if (own == rank) --found->ties;
    found->rare.push_back({token_from(id), entry.counts});
    return found->rare.size() < most;
  };
  const auto read = co_await work.store.for_each(Space::token, std::move(each), work.deadline);
  if (!read) co_return tl::unexpected(read.error());
  limit.to_drop -= found->rare.size();
  limit.ties = found->ties;
  co_return std::move(found->rare);
}

// What was read is taken off rather than the entry forgotten: a message that is learned meanwhile, here or by
// another server, keeps its count.
void take_off(Work& work, std::span<const Rare> rare) {
  std::vector<Delta> deltas;
  deltas.reserve(rare.size());
  for (const Rare& each : rare) {
    const auto [ham, spam] = each.counts;
    deltas.push_back({{Space::token, token_id(each.token)}, {-ham, -spam}, {}});
    work.table.add(each.token, -ham, -spam);
    ++(ham + spam <= 1 ? work.done.once : work.done.oftener);
  }
  work.store.add(std::move(deltas));
}

// Each batch waits until the one before is safe: so few writes wait in the store, and trouble ends it early.
Task<Result<void>> take_off_in_batches(Work& work, std::vector<Rare> rare) {
  const auto executor = co_await asio::this_coro::executor;
  Event pause(executor);
  for (std::size_t begin = 0; begin < rare.size(); begin += work.limits.at_once) {
    take_off(work, std::span(rare).subspan(begin, std::min(work.limits.at_once, rare.size() - begin)));
    const auto safe = co_await work.store.flush(work.deadline);
    if (!safe) co_return tl::unexpected(safe.error());
    const Deadline next = Clock::now() + work.limits.between_them;
    co_await pause.wait(next);
  }
  co_return Result<void>{};
}

Task<Result<void>> drop(Work& work) {
  const auto found = co_await find_limit(work);
  if (!found) co_return tl::unexpected(found.error());
  Limit limit = *found;
  while (limit.to_drop > 0) {
    auto rare = co_await find_rare(work, limit);
    if (!rare) co_return tl::unexpected(rare.error());
    if (rare->empty()) break;  // learned again, or expired, since they were counted
    auto done = co_await take_off_in_batches(work, std::move(*rare));
    if (!done) co_return done;
  }
  co_return Result<void>{};
}

// Tokens of which table and store do not say the same.
struct Differing {
  std::vector<std::uint64_t> tokens;
  bool are_all = true;
};
using Stored = std::vector<std::pair<std::uint64_t, TokenCounts>>;

// On the loop: the table has one writer.
void compare(TokenTable& table, const Stored& stored, Differing& differing, std::size_t most) {
  for (const auto& [token, counts] : stored) {
    if (table.see(token) == counts) continue;
    if (differing.tokens.size() < most) {
      differing.tokens.push_back(token);
    } else {
      differing.are_all = false;
    }
  }
}

Task<Result<std::shared_ptr<Differing>>> find_differing(Work& work) {
  const auto executor = co_await asio::this_coro::executor;
  const auto differing = std::make_shared<Differing>();
  const auto stored = std::make_shared<Stored>();
  auto look = [&table = work.table, differing, most = work.limits.held](const Stored& piece) {
    compare(table, piece, *differing, most);
  };
  Store::Each each = [look, stored, executor, piece = work.limits.at_once](std::string_view id,
                                                                           const StoreEntry& entry) {
    stored->emplace_back(token_from(id), token_counts_from(entry));
    if (stored->size() < piece) return true;
    asio::post(executor, [look, full = std::exchange(*stored, {})] { look(full); });
    return true;
  };
  const auto read = co_await work.store.for_each(Space::token, std::move(each), work.deadline);
  if (!read) co_return tl::unexpected(read.error());
  // A store without a thread is through before the loop has had its turn: behind all that was posted.
  co_await asio::post(executor, asio::use_awaitable);
  look(*stored);
  co_return differing;
}

// What was read may be old by now; what get() says is not. False: the table is full, the rest must wait.
Task<Result<bool>> put_right(Work& work, std::vector<std::uint64_t> tokens) {
  for (std::size_t begin = 0; begin < tokens.size(); begin += work.limits.at_once) {
    const auto part = std::span(tokens).subspan(begin, std::min(work.limits.at_once, tokens.size() - begin));
    std::vector<StoreKey> keys;
    for (const std::uint64_t token : part)
      keys.push_back({Space::token, token_id(token)});
    const auto entries = co_await work.store.get(std::move(keys), work.deadline);
    if (!entries) co_return tl::unexpected(entries.error());
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!work.table.set(part[i], token_counts_from((*entries)[i]))) co_return false;
      ++work.done.found;
    }
  }
  co_return true;
}

// Makes the table what the store is, while both go on changing and scans go on reading.
Task<Result<void>> catch_up(Work& work) {
  const auto executor = co_await asio::this_coro::executor;
  const auto safe = co_await work.store.flush(work.deadline);
  if (!safe) co_return safe;  // what waits to be written would count as gone
  work.table.begin_review();
  for (bool is_first = true;; is_first = false) {
    const auto differing = co_await find_differing(work);
    if (!differing) co_return tl::unexpected(differing.error());
    for (std::size_t part = 0; is_first && part < TokenTable::kParts; ++part) {
      work.done.gone += work.table.forget_unseen(part);
      co_await asio::post(executor, asio::use_awaitable);
    }
    const auto done = co_await put_right(work, std::move((*differing)->tokens));
    if (!done) co_return tl::unexpected(done.error());
    if (!*done || (*differing)->are_all) co_return Result<void>{};
  }
}

}  // namespace

bool is_nearly_full(const BayesMemory& memory, const TidyLimits& limits) {
  return memory.ready() && memory.tokens() >= limits.most_tokens / 20 * 19;
}

Task<Result<Tidied>> drop_rare_tokens(Store& store, BayesMemory& memory, TidyLimits limits,
                                      Deadline deadline) {
  Work work{store, memory.table(), limits, deadline, {}};
  const auto dropped = co_await drop(work);
  if (!dropped) co_return tl::unexpected(dropped.error());
  if (memory.is_elsewhere()) co_return work.done;
  const auto same = co_await catch_up(work);
  if (!same) co_return tl::unexpected(same.error());
  co_return work.done;
}

}  // namespace xspamd
