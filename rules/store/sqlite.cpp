#include "rules/store/sqlite.h"

#include <algorithm>
#include <mutex>

#include "rules/store/sqlite_core.h"

namespace xspamd {

namespace {

using std::chrono::sys_seconds;

constexpr std::size_t kPiece = 10'000;  // entries that for_each reads before others have their turn

// What for_each tells of; ends with the coroutine, and nothing is told after that.
class Telling {
 public:
  explicit Telling(Store::Each each) : each_(std::move(each)) {}

  bool tell(std::string_view id, const StoreEntry& entry) {
    const std::lock_guard lock(mutex_);
    return !ended_ && each_(id, entry);
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }

 private:
  std::mutex mutex_;
  const Store::Each each_;
  bool ended_ = false;
};

struct TellingEnds {
  void operator()(Telling* telling) const { telling->end(); }
};

SqliteResult<Store::Rows> read_rows(SqliteTables& tables, const Store::Range& range, WallTime now) {
  Store::Rows rows;
  const SqliteTables::Slice slice{range.space, range.prefix, {}, range.most, range.newest_first};
  auto read = tables.rows(slice, now, [&](std::string_view id, StoreEntry& entry) {
    rows.emplace_back(id, std::move(entry));
    return true;
  });
  if (!read) return tl::unexpected(read.error());
  return rows;
}

using Next = std::optional<std::string>;

SqliteResult<Next> read_piece(SqliteTables& tables, Space space, const std::string& from, Telling& telling,
                              WallTime now) {
  const SqliteTables::Slice slice{space, {}, from, kPiece, false};
  return tables.rows(slice, now,
                     [&](std::string_view id, const StoreEntry& entry) { return telling.tell(id, entry); });
}

}  // namespace

SqliteStore::SqliteStore(const asio::any_io_executor& loop, Settings settings)
    : core_(std::make_shared<SqliteCore>(loop, std::move(settings))) {
  core_->start();
}

SqliteStore::~SqliteStore() {
  core_->stop();
}

std::string SqliteStore::trouble() const {
  return core_->trouble();
}

Task<Result<std::vector<std::optional<StoreEntry>>>> SqliteStore::get(std::vector<StoreKey> keys,
                                                                      Deadline deadline) {
  const std::shared_ptr<SqliteCore> core = core_;  // the store may end before the answer comes
  for (const StoreKey& key : keys)
    if (auto checked = check_key(key); !checked) co_return tl::unexpected(checked.error());
  const auto shared = std::make_shared<const std::vector<StoreKey>>(std::move(keys));
  for (;;) {
    auto reply = core->read_entries(shared, deadline);
    auto moment = co_await core->wait(reply, deadline);
    if (!moment) co_return tl::unexpected(moment.error());
    if (core->complete(*shared, *moment)) co_return std::move(moment->entries);
  }
}

void SqliteStore::add(std::vector<Delta> deltas) {
  std::erase_if(deltas, [](const Delta& delta) { return !check_key(delta.key); });
  std::size_t bytes = 0;
  for (const Delta& delta : deltas)
    bytes += Changes::cost(delta.key);
  core_->accept(bytes, deltas.size(), [&deltas](Changes& changes) {
    for (Delta& delta : deltas)
      changes.add(std::move(delta));
  });
}

void SqliteStore::put(StoreKey key, std::string value, sys_seconds expires) {
  if (!check_key(key) || !keeps_values(key.space)) return;
  core_->accept(Changes::cost(key) + value.size(), 1,
                [&](Changes& changes) { changes.put(std::move(key), std::move(value), expires); });
}

void SqliteStore::forget(std::vector<StoreKey> keys) {
  std::erase_if(keys, [](const StoreKey& key) { return !check_key(key); });
  std::size_t bytes = 0;
  for (const StoreKey& key : keys)
    bytes += Changes::cost(key);
  core_->accept(bytes, keys.size(), [&keys](Changes& changes) {
    for (StoreKey& key : keys)
      changes.forget(std::move(key));
  });
}

Task<Result<Taken>> SqliteStore::take(StoreKey key, double amount, BucketLimits limits, Deadline deadline) {
  const std::shared_ptr<SqliteCore> core = core_;
  if (auto checked = check_take(key, amount, limits); !checked) co_return tl::unexpected(checked.error());
  if (core->is_waiting(key)) {
    auto written = co_await core->committed(deadline);
    if (!written) co_return tl::unexpected(written.error());
  }
  auto reply = core->write<Taken>(deadline, [key, amount, limits, now = core->now()](SqliteTables& tables) {
    return tables.take(key, amount, limits, now);
  });
  co_return co_await core->wait(reply, deadline);
}

// What cannot be written does not keep from reading what is there.
Task<Result<Store::Rows>> SqliteStore::list(Range range, Deadline deadline) {
  const std::shared_ptr<SqliteCore> core = core_;
  auto ignored = co_await core->committed(deadline);
  auto reply = core->read<Rows>(
      deadline, [range, now = core->now()](SqliteTables& tables) { return read_rows(tables, range, now); });
  co_return co_await core->wait(reply, deadline);
}

Task<Result<void>> SqliteStore::for_each(Space space, Each each, Deadline deadline) {
  const std::shared_ptr<SqliteCore> core = core_;
  const auto telling = std::make_shared<Telling>(std::move(each));
  const std::unique_ptr<Telling, TellingEnds> end(telling.get());
  auto ignored = co_await core->committed(deadline);
  Next from = "";
  while (from) {
    auto reply =
        core->read<Next>(deadline, [space, from = *from, telling, now = core->now()](SqliteTables& tables) {
          return read_piece(tables, space, from, *telling, now);
        });
    auto next = co_await core->wait(reply, deadline);
    if (!next) co_return tl::unexpected(next.error());
    from = std::move(*next);
  }
  co_return Result<void>{};
}

Task<Result<void>> SqliteStore::flush(Deadline deadline) {
  const std::shared_ptr<SqliteCore> core = core_;
  auto written = co_await core->committed(deadline);
  if (!written) co_return written;
  auto reply =
      core->write<void>(deadline, [](SqliteTables& tables) { return tables.connection().checkpoint(); });
  co_return co_await core->wait(reply, deadline);
}

SqliteReader::SqliteReader(std::unique_ptr<SqliteTables> tables) : tables_(std::move(tables)) {}
SqliteReader::SqliteReader(SqliteReader&&) noexcept = default;
SqliteReader& SqliteReader::operator=(SqliteReader&&) noexcept = default;
SqliteReader::~SqliteReader() = default;

Result<std::optional<StoreEntry>> SqliteReader::get(const StoreKey& key) {
  if (auto checked = check_key(key); !checked) return tl::unexpected(checked.error());
  return as_result(tables_->find(key, std::chrono::system_clock::now()));
}

Result<Store::Rows> SqliteReader::list(const Store::Range& range) {
  return as_result(read_rows(*tables_, range, std::chrono::system_clock::now()));
}

Result<void> SqliteReader::for_each(Space space, const Store::Each& each) {
  Telling telling(each);
  for (Next from = ""; from;) {
    auto next = read_piece(*tables_, space, *from, telling, std::chrono::system_clock::now());
    if (!next) return fail(Errc::unavailable, next.error().sentence);
    from = std::move(*next);
  }
  return {};
}

Result<SqliteReader> open_read_only(const std::string& path) {
  SqliteTables::Options options;
  options.target = {path, SqliteConnection::Access::look};
  auto tables = SqliteTables::open(options);
  if (!tables) return fail(Errc::unavailable, tables.error().sentence);
  return SqliteReader(std::move(*tables));
}

Result<void> check_integrity(const std::string& path) {
  SqliteTables::Options options;
  options.target = {path, SqliteConnection::Access::look};
  options.check = true;
  auto tables = SqliteTables::open(options);
  if (!tables) return fail(Errc::unavailable, tables.error().sentence);
  return {};
}

}  // namespace xspamd
