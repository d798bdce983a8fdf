#include "rules/bayes/token_table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "rules/bayes/token_hash.h"

namespace xspamd {

namespace {

constexpr std::size_t kFewestPlaces = 16;
constexpr std::size_t kMostPlaces = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

// Fullness in hundredths: a shard grows when it reaches the first, to the second. Linear probing takes 13
// steps at the first where a token is unknown, two lines of the cache; a smaller step would copy too often.
constexpr std::size_t kFull = 80;
constexpr std::size_t kAfterGrowth = 70;

std::size_t places_for(std::size_t tokens) {
  return std::clamp(tokens * 100 / kAfterGrowth + 1, kFewestPlaces, kMostPlaces);
}

std::uint64_t packed(TokenCounts counts) {
  return std::uint64_t{counts.spam} << 32 | counts.ham;
}
TokenCounts unpacked(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed), static_cast<std::uint32_t>(packed >> 32)};
}

std::uint32_t added(std::uint32_t count, std::int64_t more) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (more >= kMost) return static_cast<std::uint32_t>(kMost);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(std::max(more, -kMost) + count, 0, kMost));
}

}  // namespace

// Tokens and counts apart: what is not there is found out in the tokens alone, eight to a line of the cache.
struct TokenTable::Shard {
  explicit Shard(std::size_t places)
      : size(places),
        tokens(std::make_unique<std::atomic<std::uint64_t>[]>(places)),
        counts(std::make_unique<std::atomic<std::uint64_t>[]>(places)) {}

  std::size_t bytes() const { return sizeof(Shard) + 2 * sizeof(std::uint64_t) * size; }
  // The upper bits of a hash choose the shard, the next 32 the first place.
  std::size_t first_place(std::uint64_t hash) const { return (hash << 6 >> 32) * size >> 32; }
  std::size_t next(std::size_t place) const { return ++place == size ? 0 : place; }

  // Where the token stands, or kNowhere.
  std::size_t find(std::uint64_t token, std::size_t place) const {
    for (;; place = next(place)) {
      const std::uint64_t there = tokens[place].load(std::memory_order_acquire);
      if (there == token) return place;
      if (there == 0) return kNowhere;
    }
  }

  // A token that is not there yet. A reader that sees it sees its counts.
  std::size_t insert(std::uint64_t token, std::uint64_t packed_counts, std::size_t place) {
    while (tokens[place].load(std::memory_order_relaxed) != 0)
      place = next(place);
    counts[place].store(packed_counts, std::memory_order_relaxed);
    tokens[place].store(token, std::memory_order_release);
    ++taken;
    return place;
  }

  void see(std::size_t place) {
    if (!seen.empty()) seen[place] = true;
  }

  const std::size_t size;
  std::size_t taken = 0;                                 // the writer's; forgotten tokens included
  std::unique_ptr<std::atomic<std::uint64_t>[]> tokens;  // 0: free
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts;
  std::vector<bool> seen;  // the writer's, by place; empty while there is no review
};

namespace {

constexpr std::size_t shard_of(std::uint64_t hash) {
  return hash >> 58;
}

}  // namespace

TokenTable::TokenTable(std::size_t most, std::uint64_t seed) : most_(most), seed_(seed) {
  clear();
}

TokenTable::~TokenTable() = default;

void TokenTable::clear() {
  auto shards = std::make_shared<Shards>();
  bytes_ = sizeof(Shards);
  for (auto& shard : *shards) {
    shard = std::make_shared<Shard>(kFewestPlaces);
    bytes_ += shard->bytes();
  }
  size_ = 0;
  publish(std::move(shards));
}

void TokenTable::publish(std::shared_ptr<const Shards> shards) {
  const std::lock_guard lock(mutex_);
  shards_.swap(shards);  // the old ones go after the lock
}

TokenTable::View TokenTable::view() const {
  const std::lock_guard lock(mutex_);
  return {shards_, seed_};
}

void TokenTable::replace(std::size_t index, std::shared_ptr<Shard> shard) {
  auto shards = std::make_shared<Shards>(*shards_);
  bytes_ += shard->bytes() - (*shards)[index]->bytes();
  (*shards)[index] = std::move(shard);
  publish(std::move(shards));
}

// A copy with room, without the tokens that are forgotten.
std::shared_ptr<TokenTable::Shard> TokenTable::grown(const Shard& shard, std::size_t places) {
  auto larger = std::make_shared<Shard>(places);
  if (!shard.seen.empty()) larger->seen.resize(places);
  for (std::size_t place = 0; place < shard.size; ++place) {
    const std::uint64_t token = shard.tokens[place].load(std::memory_order_relaxed);
    const std::uint64_t counts = shard.counts[place].load(std::memory_order_relaxed);
    if (token == 0 || counts == 0) continue;
    const std::size_t there = larger->insert(token, counts, larger->first_place(bayes::mix(token, seed_)));
    if (!shard.seen.empty()) larger->seen[there] = shard.seen[place];
  }
  return larger;
}

void TokenTable::reserve(std::size_t tokens) {
  // Shards differ in size by chance: a little more than an even share.
  const std::size_t share = std::min(tokens, most_) / kShards;
  const std::size_t places = places_for(share + share / 50);
  for (std::size_t i = 0; i < kShards; ++i) {
    if ((*shards_)[i]->size < places) replace(i, grown(*(*shards_)[i], places));
  }
}

bool TokenTable::write(std::uint64_t token, TokenCounts counts) {
  const std::uint64_t hash = bayes::mix(token, seed_);
  const std::size_t index = shard_of(hash);
  Shard* shard = (*shards_)[index].get();
  const std::size_t place = shard->find(token, shard->first_place(hash));
  const bool is_counted = packed(counts) != 0;
  if (place != kNowhere) {
    shard->see(place);
    const bool was_counted = shard->counts[place].load(std::memory_order_relaxed) != 0;
    if (is_counted && !was_counted && size_ >= most_) return false;
    shard->counts[place].store(packed(counts), std::memory_order_relaxed);
    size_ += static_cast<std::size_t>(is_counted) - static_cast<std::size_t>(was_counted);
    return true;
  }
  if (!is_counted) return true;
  if (size_ >= most_) return false;
  if (100 * (shard->taken + 1) > kFull * shard->size) {
    std::size_t live = 1;
    for (std::size_t i = 0; i < shard->size; ++i)
      live += shard->counts[i].load(std::memory_order_relaxed) != 0 ? 1 : 0;
    replace(index, grown(*shard, places_for(live)));
    shard = (*shards_)[index].get();
  }
  shard->see(shard->insert(token, packed(counts), shard->first_place(hash)));
  ++size_;
  return true;
}

bool TokenTable::set(std::uint64_t token, TokenCounts counts) {
  return token == 0 || write(token, counts);
}

bool TokenTable::add(std::uint64_t token, std::int64_t ham, std::int64_t spam) {
  if (token == 0) return true;
  const std::uint64_t hash = bayes::mix(token, seed_);
  const Shard& shard = *(*shards_)[shard_of(hash)];
  const std::size_t place = shard.find(token, shard.first_place(hash));
  TokenCounts counts;
  if (place != kNowhere) counts = unpacked(shard.counts[place].load(std::memory_order_relaxed));
  return write(token, {added(counts.ham, ham), added(counts.spam, spam)});
}

void TokenTable::begin_review() {
  for (const auto& shard : *shards_)
    shard->seen.assign(shard->size, false);
}

TokenCounts TokenTable::see(std::uint64_t token) {
  if (token == 0) return {};
  const std::uint64_t hash = bayes::mix(token, seed_);
  Shard& shard = *(*shards_)[shard_of(hash)];
  const std::size_t place = shard.find(token, shard.first_place(hash));
  if (place == kNowhere) return {};
  shard.see(place);
  return unpacked(shard.counts[place].load(std::memory_order_relaxed));
}

std::size_t TokenTable::forget_unseen(std::size_t part) {
  Shard& shard = *(*shards_)[part];
  const std::vector<bool> seen = std::exchange(shard.seen, {});
  std::size_t forgotten = 0;
  for (std::size_t place = 0; place < seen.size(); ++place) {
    if (seen[place] || shard.counts[place].load(std::memory_order_relaxed) == 0) continue;
    shard.counts[place].store(0, std::memory_order_relaxed);
    ++forgotten;
  }
  size_ -= forgotten;
  return forgotten;
}

// In three steps, so that the memory is on its way while others are looked at.
std::vector<TokenCounts> TokenTable::View::counts(std::span<const std::uint64_t> tokens) const {
  constexpr std::size_t kAtOnce = 32;
  std::vector<TokenCounts> found(tokens.size());
  std::array<const Shard*, kAtOnce> shards;
  std::array<std::size_t, kAtOnce> places;
  for (std::size_t begin = 0; begin < tokens.size(); begin += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, tokens.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t hash = bayes::mix(tokens[begin + i], seed_);
      shards[i] = (*shards_)[shard_of(hash)].get();
      places[i] = shards[i]->first_place(hash);
      __builtin_prefetch(&shards[i]->tokens[places[i]]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      places[i] = tokens[begin + i] == 0 ? kNowhere : shards[i]->find(tokens[begin + i], places[i]);
      if (places[i] != kNowhere) __builtin_prefetch(&shards[i]->counts[places[i]]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (places[i] != kNowhere)
        found[begin + i] = unpacked(shards[i]->counts[places[i]].load(std::memory_order_relaxed));
    }
  }
  return found;
}

}  // namespace xspamd
