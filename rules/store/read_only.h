// Stores that are looked at and never changed, for commands that show what the server would say: reads go on
// to where things are kept, writes are dropped, buckets always have room.
#pragma once

#include <memory>

#include "rules/store/sqlite.h"
#include "rules/store/store.h"

namespace xspamd {

class ReadOnlyStore : public Store {
 public:
  void add(std::vector<Delta>) final {}
  void put(StoreKey, std::string, std::chrono::sys_seconds) final {}
  void forget(std::vector<StoreKey>) final {}
  Task<Result<Taken>> take(StoreKey, double, BucketLimits, Deadline) final { co_return Taken{true, 0}; }
  Task<Result<void>> flush(Deadline) final { co_return Result<void>(); }
};

// The file of a store. Every call blocks.
class ReadOnlyFile final : public ReadOnlyStore {
 public:
  explicit ReadOnlyFile(SqliteReader reader) : reader_(std::move(reader)) {}

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override;
  Task<Result<Rows>> list(Range range, Deadline deadline) override;
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override;
  std::string trouble() const override { return {}; }

 private:
  SqliteReader reader_;
};

// Another store.
class ReadOnlyView final : public ReadOnlyStore {
 public:
  explicit ReadOnlyView(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override {
    return store_->get(std::move(keys), deadline);
  }
  Task<Result<Rows>> list(Range range, Deadline deadline) override {
    return store_->list(std::move(range), deadline);
  }
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override {
    return store_->for_each(space, std::move(each), deadline);
  }
  std::string trouble() const override { return store_->trouble(); }
  bool is_shared() const override { return store_->is_shared(); }

 private:
  std::shared_ptr<Store> store_;
};

}  // namespace xspamd
