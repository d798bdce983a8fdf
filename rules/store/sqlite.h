// SqliteStore: the Store that is an SQLite file. One thread writes, one reads, each with a connection of its
// own; writes are summed in memory and committed once a second in one transaction (write-ahead log,
// synchronous=NORMAL: a killed process loses the last second, a power cut what came after the last flush() or
// checkpoint, neither the file). Loop thread only; the loop must outlive it. While something waits to be
// written, or there is trouble, a timer keeps the loop busy. The destructor writes what is left, and blocks.
#pragma once

#include "rules/store/entry.h"

namespace asio {
class any_io_executor;
}

namespace xspamd {

class SqliteCore;
class SqliteTables;

class SqliteStore final : public Store {
 public:
  struct Settings {
    std::string path;  // absolute
    WallClock now = std::chrono::system_clock::now;
    std::chrono::milliseconds commit_every{1'000};
    std::chrono::milliseconds first_retry{1'000};  // after a failure; doubled each time, up to the last
    std::chrono::milliseconds last_retry{30'000};
    std::chrono::milliseconds busy{1'000};        // waited for the lock of another process
    std::size_t most_pending = 32 * 1024 * 1024;  // bytes that wait to be written: some 200,000 keys
    unsigned most_pages = 0;                      // that the file may have; 0: as the disk has room
  };

  SqliteStore(const asio::any_io_executor& loop, Settings settings);
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  Task<Result<std::vector<std::optional<StoreEntry>>>> get(std::vector<StoreKey> keys,
                                                           Deadline deadline) override;
  void add(std::vector<Delta> deltas) override;
  void put(StoreKey key, std::string value, std::chrono::sys_seconds expires) override;
  void forget(std::vector<StoreKey> keys) override;
  Task<Result<Taken>> take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) override;
  Task<Result<Rows>> list(Range range, Deadline deadline) override;
  Task<Result<void>> for_each(Space space, Each each, Deadline deadline) override;
  Task<Result<void>> flush(Deadline deadline) override;
  std::string trouble() const override;

 private:
  std::shared_ptr<SqliteCore> core_;  // those who wait hold it too
};

// Reads the file of a store, also while a server writes to it. For commands: every call blocks.
class SqliteReader {
 public:
  explicit SqliteReader(std::unique_ptr<SqliteTables> tables);
  SqliteReader(SqliteReader&&) noexcept;
  SqliteReader& operator=(SqliteReader&&) noexcept;
  ~SqliteReader();

  Result<std::optional<StoreEntry>> get(const StoreKey& key);
  Result<Store::Rows> list(const Store::Range& range);
  Result<void> for_each(Space space, const Store::Each& each);

 private:
  std::unique_ptr<SqliteTables> tables_;
};
Result<SqliteReader> open_read_only(const std::string& path);

// Looks through the whole file of a store and changes nothing; fails with what is wrong and what to do.
Result<void> check_integrity(const std::string& path);

}  // namespace xspamd
