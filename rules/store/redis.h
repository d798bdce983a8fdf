// RedisStore: the Store that is a Redis or Valkey server, the master that sentinels name, or a cluster,
// shared by all who name it. Writes wait at most a second in memory and are sent before anything that is
// asked later; while a server is away they wait for it, and are not done twice (README.md says what can be
// lost). Safe means that the server has confirmed it. for_each calls on the loop thread. Loop thread only;
// the loop must outlive it. While something is under way, waits, or there is trouble, a timer keeps the loop
// busy, as does an open connection. The destructor sends what is left to servers that can be reached, and
// blocks for it a moment.
#pragma once

#include "conf/redis_url.h"
#include "rules/store/entry.h"

namespace asio {
class any_io_executor;
}

namespace xspamd {

class RedisCore;

class RedisStore final : public Store {
 public:
  struct Settings {
    conf::RedisUrl url;
    WallClock now;  // for tests; where there is none, Redis's own clock rules writes and buckets
    std::chrono::milliseconds write_every{1'000};
    std::chrono::milliseconds patience{3'000};   // with a server that is silent
    std::chrono::milliseconds first_retry{100};  // after a failure; doubled each time, up to the last
    std::chrono::milliseconds last_retry{5'000};
    std::chrono::milliseconds at_end{1'500};      // that the destructor may take
    std::size_t most_pending = 32 * 1024 * 1024;  // bytes that wait to be written: some 200,000 keys
  };

  RedisStore(const asio::any_io_executor& loop, Settings settings);
  ~RedisStore() override;
  RedisStore(const RedisStore&) = delete;
  RedisStore& operator=(const RedisStore&) = delete;

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override;
  void add(std::vector<Delta> deltas) override;
  void put(StoreKey key, std::string value, std::chrono::sys_seconds expires) override;
  void forget(std::vector<StoreKey> keys) override;
  Task<Result<Taken>> take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) override;
  Task<Result<Rows>> list(Range range, Deadline deadline) override;
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override;
  Task<Result<void>> flush(Deadline deadline) override;
  bool is_shared() const override { return true; }
  std::string trouble() const override;

 private:
  std::shared_ptr<RedisCore> core_;  // those who wait hold it too
};

}  // namespace xspamd
