// The schema of the store's file, and what stores do with it, on one connection. Blocks; one thread at a
// time. Tokens have a table of their own: their id is its integer key, in the order of the id's bytes.
// Whatever has expired counts as gone everywhere, and is removed little by little by clean().
#pragma once

#include <functional>
#include <optional>

#include "rules/store/bucket.h"
#include "rules/store/changes.h"
#include "rules/store/sqlite_connection.h"

namespace xspamd {

class SqliteTables {
 public:
  using Access = SqliteConnection::Access;
  struct Options {
    SqliteConnection::Target target;
    bool check = false;       // looks through the whole file first
    unsigned most_pages = 0;  // that the file may have; 0: as the disk has room
  };
  // For writing, a new file gets the schema. A file of another program or of a later schema is refused.
  static SqliteResult<std::unique_ptr<SqliteTables>> open(const Options& options);

  SqliteResult<std::optional<StoreEntry>> find(const StoreKey& key, WallTime now);

  struct Slice {
    Space space;
    std::string prefix;  // of the ids
    std::string from;    // the first id, or one before it
    std::size_t most = 0;
    bool newest_first = false;  // then `from` is not looked at
  };
  using Row = std::function<bool(std::string_view id, StoreEntry& entry)>;  // false ends it
  // Where to go on after `most` rows; nothing at the end.
  SqliteResult<std::optional<std::string>> rows(const Slice& slice, WallTime now, const Row& row);

  // All or nothing; what they do is seen by others after commit().
  SqliteResult<void> begin_writing();
  SqliteResult<void> apply(const Changes& changes, WallTime now);
  SqliteResult<bool> clean(WallTime now);  // true: there was so much that it should soon be called again
  SqliteResult<void> commit();
  void roll_back();

  // Everything read until end_reading() is of one moment.
  SqliteResult<void> begin_reading();
  void end_reading();

  SqliteResult<Taken> take(const StoreKey& key, double amount, const BucketLimits& limits, WallTime now);

  // Looks through the whole file: a second for some hundred megabytes.
  SqliteResult<void> check();
  SqliteConnection& connection() const { return *connection_; }

 private:
  using Statement = SqliteConnection::Statement;
  using Query = SqliteConnection::Query;
  struct Statements;

  explicit SqliteTables(std::unique_ptr<SqliteConnection> connection);
  SqliteResult<void> set_up(const Options& options);
  SqliteResult<void> accept_schema(Access access);
  SqliteResult<void> make_schema();
  SqliteResult<void> prepare_statements(Access access);
  SqliteResult<void> write(const StoreKey& key, const StoreEntry& entry);
  SqliteResult<void> erase(const StoreKey& key);
  SqliteResult<std::optional<std::string>> token_rows(const Slice& slice, WallTime now, const Row& row);
  SqliteResult<std::optional<std::string>> entry_rows(const Slice& slice, WallTime now, const Row& row);
  SqliteResult<void> clean_tokens(WallTime now);

  std::unique_ptr<SqliteConnection> connection_;
  std::unique_ptr<Statements> statements_;
  std::int64_t cleaned_to_;  // the token that clean() comes to next

 public:
  ~SqliteTables();
};

}  // namespace xspamd
