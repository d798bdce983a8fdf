#include "rules/store/redis_backlog.h"

#include <algorithm>
#include <limits>

#include "rules/store/redis_keys.h"

namespace xspamd {

using State = RedisBatch::State;

bool RedisBacklog::has_room(std::size_t bytes, std::size_t count) {
  if (bytes_ + bytes <= most_bytes_) return true;
  lost_ += count;
  return false;
}

RedisBatch& RedisBacklog::filling(const StoreKey& key) {
  const std::string tag = by_tag_ ? RedisKeys::tag(key) : std::string();
  RedisBatchPtr& batch = filling_[tag];
  const bool is_full = batch && (batch->changes.count() >= kMostKeys || batch->bytes >= kMostBatchBytes);
  if (!batch || is_full) {
    batch = std::make_shared<RedisBatch>();
    batch->order = ++last_order_;
    batch->tag = tag;
    batch->slot = redis_slot(tag);
    batches_.emplace(batch->order, batch);
    ++waiting_;
  }
  return *batch;
}

void RedisBacklog::recount(RedisBatch& batch) {
  bytes_ += batch.changes.bytes() - batch.bytes;
  batch.bytes = batch.changes.bytes();
}

void RedisBacklog::add(std::vector<Delta> deltas) {
  std::size_t bytes = 0;
  for (const Delta& delta : deltas)
    bytes += Changes::cost(delta.key);
  if (!has_room(bytes, deltas.size())) return;
  for (Delta& delta : deltas) {
    RedisBatch& batch = filling(delta.key);
    batch.changes.add(std::move(delta));
    recount(batch);
  }
}

void RedisBacklog::put(StoreKey key, std::string value, std::chrono::sys_seconds expires) {
  if (!has_room(Changes::cost(key) + value.size(), 1)) return;
  RedisBatch& batch = filling(key);
  batch.changes.put(std::move(key), std::move(value), expires);
  recount(batch);
}

void RedisBacklog::forget(std::vector<StoreKey> keys) {
  std::size_t bytes = 0;
  for (const StoreKey& key : keys)
    bytes += Changes::cost(key);
  if (!has_room(bytes, keys.size())) return;
  for (StoreKey& key : keys) {
    RedisBatch& batch = filling(key);
    batch.changes.forget(std::move(key));
    recount(batch);
  }
}

// Those that have a number go first, in the order of their numbers: after a higher one the script passes over
// a lower one.
std::vector<RedisBatchPtr> RedisBacklog::take(const std::function<bool(std::uint16_t)>& can_take) {
  std::vector<RedisBatchPtr> taken;
  if (waiting_ == 0) return taken;
  for (const auto& [order, batch] : batches_) {
    if (batch->state != State::waiting || !can_take(batch->slot)) continue;
    taken.push_back(batch);
    batch->state = State::under_way;
    --waiting_;
    const auto filling = filling_.find(batch->tag);
    if (filling != filling_.end() && filling->second == batch) filling_.erase(filling);
  }
  const auto rank = [](const RedisBatchPtr& batch) {
    return batch->number == 0 ? std::numeric_limits<std::uint64_t>::max() : batch->number;
  };
  std::stable_sort(taken.begin(), taken.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  for (const RedisBatchPtr& batch : taken)
    if (batch->number == 0) renumber(*batch);
  return taken;
}

void RedisBacklog::done(const RedisBatch& batch) {
  bytes_ -= batch.bytes;
  batches_.erase(batch.order);
}

void RedisBacklog::refused(RedisBatch& batch) {
  batch.number = 0;
  broken(batch);
}

void RedisBacklog::broken(RedisBatch& batch) {
  batch.state = State::waiting;
  ++waiting_;
}

}  // namespace xspamd
