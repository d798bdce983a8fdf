// ReadOnlyStore: a store that is looked at and never changed, for commands that show what the server would
// say: reads go on to where things are kept, writes are dropped, buckets always have room.
#pragma once

#include <memory>

#include "rules/store/sqlite.h"
#include "rules/store/store.h"

namespace xspamd {

class ReadOnlyStore final : public Store {
 public:
  explicit ReadOnlyStore(SqliteReader reader) : reader_(std::move(reader)) {}

  // All of these block.
  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override;
  Task<Result<Rows>> list(Range range, Deadline deadline) override;
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override;

  void add(std::vector<Delta>) override {}
  void put(StoreKey, std::string, std::chrono::sys_seconds) override {}
  void forget(std::vector<StoreKey>) override {}
  Task<Result<Taken>> take(StoreKey, double, BucketLimits, Deadline) override { co_return Taken{true, 0}; }
  Task<Result<void>> flush(Deadline) override { co_return Result<void>(); }
  std::string trouble() const override { return {}; }

 private:
  SqliteReader reader_;
};

}  // namespace xspamd
