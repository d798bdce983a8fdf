#include "rules/store/memory.h"

#include <algorithm>

#include "rules/store/bucket.h"

namespace xspamd {

namespace {

using std::chrono::sys_seconds;

constexpr int kExpiredAtOnce = 4;         // dropped with every write: more than a write can add
constexpr std::size_t kEntryBytes = 288;  // two nodes of trees with key, entry and what malloc adds

std::size_t bytes_of(const StoreKey& key, const StoreEntry& entry) {
  return kEntryBytes + key.id.size() + entry.value.size();
}

// Never comes last.
sys_seconds expiry_of(const StoreEntry& entry) {
  return entry.expires == sys_seconds{} ? sys_seconds::max() : entry.expires;
}

}  // namespace

std::optional<StoreEntry> MemoryStore::find(const StoreKey& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || is_expired(found->second.entry, now_())) return std::nullopt;
  return found->second.entry;
}

void MemoryStore::drop(Map::iterator entry) {
  bytes_ -= bytes_of(entry->first, entry->second.entry);
  order_.erase(entry->second.place);
  entries_.erase(entry);
}

void MemoryStore::store(StoreKey key, std::optional<StoreEntry> entry) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) drop(found);
  if (entry) {
    bytes_ += bytes_of(key, *entry);
    const std::pair place(expiry_of(*entry), ++writes_);
    const auto stored = entries_.emplace(std::move(key), Node{std::move(*entry), {}}).first;
    stored->second.place = order_.emplace(place, stored).first;
  }
  make_room();
}

void MemoryStore::make_room() {
  const WallTime now = now_();
  for (int i = 0; i < kExpiredAtOnce && !order_.empty(); ++i) {
    if (!is_expired(order_.begin()->second->second.entry, now)) break;
    drop(order_.begin()->second);
  }
  while (bytes_ > most_bytes_ && !order_.empty())
    drop(order_.begin()->second);
}

void MemoryStore::change(StoreKey key, const Change& change) {
  std::optional<StoreEntry> entry = find(key);
  change.apply(entry, now_());
  store(std::move(key), std::move(entry));
}

Task<Result<std::vector<std::optional<StoreEntry>>>> MemoryStore::get(std::vector<StoreKey> keys, Deadline) {
  std::vector<std::optional<StoreEntry>> entries;
  for (const StoreKey& key : keys) {
    if (auto checked = check_key(key); !checked) co_return tl::unexpected(checked.error());
    entries.push_back(find(key));
  }
  co_return entries;
}

void MemoryStore::add(std::vector<Delta> deltas) {
  for (Delta& delta : deltas) {
    if (!check_key(delta.key)) continue;
    Change one;
    one.add(delta.add, delta.expires);
    change(std::move(delta.key), one);
  }
}

void MemoryStore::put(StoreKey key, std::string value, sys_seconds expires) {
  if (!check_key(key) || !keeps_values(key.space)) return;
  Change one;
  one.put(std::move(value), expires);
  change(std::move(key), one);
}

void MemoryStore::forget(std::vector<StoreKey> keys) {
  for (StoreKey& key : keys)
    store(std::move(key), std::nullopt);
}

Task<Result<Taken>> MemoryStore::take(StoreKey key, double amount, BucketLimits limits, Deadline) {
  if (auto checked = check_take(key, amount, limits); !checked) co_return tl::unexpected(checked.error());
  std::optional<StoreEntry> bucket = find(key);
  const Taken taken = take_from(bucket, amount, limits, now_());
  if (taken.fits) store(std::move(key), std::move(bucket));
  co_return taken;
}

Task<Result<Store::Rows>> MemoryStore::list(Range range, Deadline) {
  Rows rows;
  const WallTime now = now_();
  const auto in_range = [&](Map::const_iterator entry) {
    return entry->first.space == range.space && entry->first.id.starts_with(range.prefix);
  };
  const auto keep = [&](Map::const_iterator entry) {
    if (!is_expired(entry->second.entry, now)) rows.emplace_back(entry->first.id, entry->second.entry);
  };
  const auto first = entries_.lower_bound({range.space, range.prefix});
  if (!range.newest_first) {
    for (auto entry = first; entry != entries_.end() && in_range(entry) && rows.size() < range.most; ++entry)
      keep(entry);
    co_return rows;
  }
  // No id is longer than kMostId, so none beginning with the prefix comes after this one.
  std::string last = range.prefix;
  last.resize(std::max(last.size(), StoreKey::kMostId) + 1, '\xff');
  for (auto entry = entries_.upper_bound({range.space, last}); entry != first && rows.size() < range.most;)
    keep(--entry);
  co_return rows;
}

Task<Result<void>> MemoryStore::for_each(Space space, Each each, Deadline) {
  const WallTime now = now_();
  for (auto entry = entries_.lower_bound({space, {}}); entry != entries_.end(); ++entry) {
    if (entry->first.space != space) break;
    if (is_expired(entry->second.entry, now)) continue;
    if (!each(entry->first.id, entry->second.entry)) break;
  }
  co_return Result<void>{};
}

Task<Result<void>> MemoryStore::flush(Deadline) {
  co_return Result<void>{};
}

}  // namespace xspamd
