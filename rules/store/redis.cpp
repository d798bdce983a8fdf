#include "rules/store/redis.h"

#include <algorithm>

#include "rules/store/bucket.h"
#include "rules/store/redis_core.h"
#include "rules/store/redis_walk.h"

namespace xspamd {

using std::chrono::sys_seconds;

RedisStore::RedisStore(const asio::any_io_executor& loop, Settings settings)
    : core_(std::make_shared<RedisCore>(loop, std::move(settings))) {
  core_->start();
}

RedisStore::~RedisStore() {
  core_->stop();
}

std::string RedisStore::trouble() const {
  return core_->trouble();
}

Task<Result<std::vector<std::optional<StoreEntry>>>> RedisStore::get(std::vector<StoreKey> keys,
                                                                     Deadline deadline) {
  const std::shared_ptr<RedisCore> core = core_;  // the store may end before the answer comes
  for (const StoreKey& key : keys)
    if (auto checked = check_key(key); !checked) co_return tl::unexpected(checked.error());
  RedisReading reading = redis_reading(core->keys(), keys);
  const auto replies = co_await core->ask(std::move(reading.commands), deadline);
  if (!replies) co_return tl::unexpected(replies.error());
  co_return redis_entries(reading, *replies, keys.size(), core->now());
}

void RedisStore::add(std::vector<Delta> deltas) {
  std::erase_if(deltas, [](const Delta& delta) { return !check_key(delta.key); });
  core_->backlog().add(std::move(deltas));
  core_->accepted();
}

void RedisStore::put(StoreKey key, std::string value, sys_seconds expires) {
  if (!check_key(key) || !keeps_values(key.space)) return;
  core_->backlog().put(std::move(key), std::move(value), expires);
  core_->accepted();
}

void RedisStore::forget(std::vector<StoreKey> keys) {
  std::erase_if(keys, [](const StoreKey& key) { return !check_key(key); });
  core_->backlog().forget(std::move(keys));
  core_->accepted();
}

Task<Result<Taken>> RedisStore::take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) {
  const std::shared_ptr<RedisCore> core = core_;
  if (auto checked = check_take(key, amount, limits); !checked) co_return tl::unexpected(checked.error());
  std::vector<RedisCommand> commands{
      redis_take(core->keys(), key, amount, limits, core->microseconds_for_script())};
  const auto replies = co_await core->ask(std::move(commands), deadline);
  if (!replies) co_return tl::unexpected(replies.error());
  co_return redis_taken(replies->at(0));
}

Task<Result<Store::Rows>> RedisStore::list(Range range, Deadline deadline) {
  const std::shared_ptr<RedisCore> core = core_;
  Rows rows;
  if (range.most == 0 || range.prefix.size() > StoreKey::kMostId) co_return rows;
  const Each each = [&rows, most = range.most](std::string_view id, const StoreEntry& entry) {
    rows.emplace_back(id, entry);
    return rows.size() < most;
  };
  auto walked = co_await walk_redis(core, range, each, deadline);
  if (!walked) co_return tl::unexpected(walked.error());
  co_return rows;
}

Task<Result<void>> RedisStore::for_each(Space space, Each each, Deadline deadline) {
  const std::shared_ptr<RedisCore> core = core_;
  const Range all{space, {}, std::numeric_limits<std::size_t>::max(), false};
  co_return co_await walk_redis(core, all, each, deadline);
}

Task<Result<void>> RedisStore::flush(Deadline deadline) {
  const std::shared_ptr<RedisCore> core = core_;
  co_return co_await core->written(deadline);
}

}  // namespace xspamd
