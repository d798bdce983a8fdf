// A store that is a file, in a folder of its own, and a program beside it.
#pragma once

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>

#include "rules/store/sqlite.h"
#include "tests/unit/rules/store/store_loop.h"
#include "tests/unit/server/temp_folder.h"

namespace xspamd::test {

using std::chrono::milliseconds;

// A program beside the server.
class OtherConnection {
 public:
  explicit OtherConnection(const std::string& path) {
    REQUIRE(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
    sqlite3_busy_timeout(handle_, 10'000);
  }
  ~OtherConnection() { sqlite3_close(handle_); }
  OtherConnection(const OtherConnection&) = delete;
  OtherConnection& operator=(const OtherConnection&) = delete;
  void run(const std::string& sql) {
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    INFO(sql << ": " << sqlite3_errmsg(handle_));
    REQUIRE(code == SQLITE_OK);
  }
  int number(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const int number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
  }

 private:
  sqlite3* handle_ = nullptr;
};

inline const StoreKey kSender{Space::sender, "alice@example.org"};
inline const StoreKey kBucket{Space::bucket, "192.0.2.1"};

// A store in a folder of its own, hurrying: it commits after a millisecond.
struct StoreFile {
  TempFolder folder;
  StoreLoop loop;
  SqliteStore::Settings settings;
  std::unique_ptr<SqliteStore> store;

  StoreFile() {
    settings.path = folder / "x.db";
    settings.now = loop.clock();
    settings.commit_every = milliseconds(1);
    settings.first_retry = milliseconds(5);
    settings.last_retry = milliseconds(20);
    settings.busy = milliseconds(20);
  }
  void open() { store = std::make_unique<SqliteStore>(loop.executor(), settings); }
  void close() { store.reset(); }

  std::string get(const StoreKey& key) {
    auto entries = loop.wait(store->get({key}, soon()));
    return entries ? shown(entries->at(0)) : entries.error().sentence;
  }
  void add(const StoreKey& key, std::int64_t ham) { store->add({delta(key, ham, 0)}); }
  std::string flush() {
    auto flushed = loop.wait(store->flush(soon()));
    return flushed ? "" : flushed.error().sentence;
  }
  std::string take() {
    auto taken = loop.wait(store->take(kBucket, 1, {1'000, 1}, soon()));
    return taken ? "" : taken.error().sentence;
  }
  std::string trouble() {
    REQUIRE(loop.until([&] { return !store->trouble().empty(); }));
    return store->trouble();
  }
  void comes_back() {
    REQUIRE(loop.until([&] { return store->trouble().empty(); }));
  }
  bool exists(const std::string& name) { return std::filesystem::exists(folder / name); }
};

}  // namespace xspamd::test
