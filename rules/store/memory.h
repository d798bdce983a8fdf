// MemoryStore: a Store that ends with the process, for tests and `store.url = "memory:"`. Everything happens
// on the loop thread, at once. Over its bound those entries go that expire first, then those that were
// written longest ago; trouble() never has anything to say.
#pragma once

#include <map>

#include "rules/store/entry.h"

namespace xspamd {

class MemoryStore : public Store {
 public:
  static constexpr std::size_t kMostBytes = 48 * 1024 * 1024;  // about 150,000 tokens

  explicit MemoryStore(WallClock now = std::chrono::system_clock::now, std::size_t most_bytes = kMostBytes)
      : now_(std::move(now)), most_bytes_(most_bytes) {}

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override;
  void add(std::vector<Delta> deltas) override;
  void put(StoreKey key, std::string value, std::chrono::sys_seconds expires) override;
  void forget(std::vector<StoreKey> keys) override;
  Task<Result<Taken>> take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) override;
  Task<Result<Rows>> list(Range range, Deadline deadline) override;
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override;
  Task<Result<void>> flush(Deadline deadline) override;
  std::string trouble() const override { return {}; }

  std::size_t bytes() const { return bytes_; }

 private:
  struct Node;
  using Map = std::map<StoreKey, Node>;
  using Order = std::map<std::pair<std::chrono::sys_seconds, std::uint64_t>, Map::iterator>;
  struct Node {
    StoreEntry entry;
    Order::iterator place;
  };

  std::optional<StoreEntry> find(const StoreKey& key) const;
  void change(StoreKey key, const Change& change);
  void store(StoreKey key, std::optional<StoreEntry> entry);
  void drop(Map::iterator entry);
  void make_room();

  const WallClock now_;
  const std::size_t most_bytes_;
  Map entries_;
  Order order_;  // the next to go first
  std::uint64_t writes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace xspamd
