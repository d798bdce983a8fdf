// The store that is an SQLite file, while all is well.
#include "rules/store/sqlite.h"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>

#include "tests/unit/rules/store/conformance.h"
#include "tests/unit/rules/store/sqlite_file.h"

namespace xspamd::test {

namespace {

Task<> flush_into(Store& store, bool& waits, std::optional<Result<void>>& result) {
  waits = true;
  auto flushed = co_await store.flush(soon());
  result = std::move(flushed);
}

}  // namespace

TEST_CASE("sqlite store: does what every store does") {
  const TempFolder folder;
  check_conformance([&](StoreLoop& loop) {
    SqliteStore::Settings settings;
    settings.path = folder / "x.db";
    settings.now = loop.clock();
    settings.commit_every = milliseconds(1);
    return std::make_shared<SqliteStore>(loop.executor(), settings);
  });
}

TEST_CASE("sqlite store: what flush() said is safe is found again, and so is what the end wrote") {
  StoreFile file;
  file.open();
  file.add(kSender, 3);
  CHECK(file.flush().empty());
  file.settings.commit_every = std::chrono::hours(1);
  file.close();
  file.open();
  CHECK(file.get(kSender) == "3/0");
  file.add(kSender, 4);
  file.add(token(1), 1);
  file.close();  // no second has passed
  CHECK_FALSE(file.exists("x.db-wal"));
  CHECK(check_integrity(file.settings.path));
  file.open();
  CHECK(file.get(kSender) == "7/0");
  CHECK(file.get(token(1)) == "1/0");
}

TEST_CASE("sqlite store: a path may have any letters") {
  StoreFile file;
  file.settings.path = file.folder / "100% ours?mode=memory#é 'x'.db";
  file.open();
  file.add(kSender, 1);
  file.close();
  CHECK(std::filesystem::exists(file.settings.path));
  CHECK(check_integrity(file.settings.path));
  file.open();
  CHECK(file.get(kSender) == "1/0");
}

TEST_CASE("sqlite store: the end before the file is even open writes all the same") {
  StoreFile file;
  file.open();
  file.add(kSender, 1);
  file.close();
  file.open();
  CHECK(file.get(kSender) == "1/0");
}

TEST_CASE("sqlite store: file and folder are made for their owner and group alone") {
  StoreFile file;
  file.settings.path = file.folder / "state/x.db";
  const mode_t mask = ::umask(022);
  file.open();
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "-");
  ::umask(mask);
  struct stat found {};
  REQUIRE(::stat(file.settings.path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0640);
  REQUIRE(::stat((file.folder / "state").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0750);
}

TEST_CASE("sqlite store: what has expired leaves the file in the background") {
  StoreFile file;
  file.open();
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    file.store->add({delta(token(i), 1, 0, i % 2 == 0 ? file.loop.in(10) : sys_seconds{})});
    file.store->put({Space::history, std::to_string(i)}, "v", i % 2 == 0 ? file.loop.in(10) : sys_seconds{});
  }
  REQUIRE(file.flush().empty());
  file.loop.now += std::chrono::seconds(10);
  OtherConnection other(file.settings.path);
  const auto on_disk = [&](const std::string& table) {
    return other.number("SELECT count(*) FROM " + table);
  };
  CHECK(on_disk("tokens") == 5'000);
  CHECK(on_disk("entries") == 5'000);
  CHECK(file.loop.until([&] {
    file.add(kSender, 1);
    return file.flush().empty() && on_disk("tokens") == 2'500 && on_disk("entries") == 2'501;
  }));
}

TEST_CASE("sqlite store: one that ends leaves nobody waiting") {
  StoreFile file;
  file.settings.busy = milliseconds(200);
  file.open();
  REQUIRE(file.flush().empty());
  OtherConnection other(file.settings.path);
  other.run("BEGIN IMMEDIATE");
  file.add(kSender, 1);
  bool waits = false;
  std::optional<Result<void>> result;
  file.loop.spawn(flush_into(*file.store, waits, result));
  REQUIRE(file.loop.until([&] { return waits; }));
  REQUIRE(!result);  // it waits for the lock
  file.close();
  REQUIRE(file.loop.until([&] { return result.has_value(); }));
  REQUIRE(!*result);
  CHECK(result->error().sentence == "the store has ended");
}

TEST_CASE("sqlite store: for_each tells nothing once it has returned") {
  StoreFile file;
  file.open();
  std::vector<Delta> deltas;
  for (std::uint64_t i = 0; i < 50'000; ++i)
    deltas.push_back(delta(token(i), 1, 0));
  file.store->add(std::move(deltas));
  REQUIRE(file.flush().empty());
  std::atomic<bool> returned = false;
  std::atomic<int> told = 0;
  std::atomic<int> told_after = 0;
  auto ended = file.loop.wait(file.store->for_each(
      Space::token,
      [&](std::string_view, const StoreEntry&) {
        ++told;
        if (returned) ++told_after;
        const Deadline slow = Clock::now() + milliseconds(1);
        while (Clock::now() < slow) {
        }
        return true;
      },
      Clock::now() + milliseconds(200)));
  returned = true;
  REQUIRE(!ended);
  CHECK(ended.error().code == Errc::unavailable);
  CHECK(file.get(token(1)) == "1/0");  // the thread is free again
  CHECK(told > 0);
  CHECK(told < 50'000);
  CHECK(told_after == 0);
}

TEST_CASE("sqlite store: commands read what a server has written, while it runs and afterwards") {
  StoreFile file;
  file.open();
  file.store->put({Space::history, "1"}, "one", {});
  file.store->put({Space::history, "2"}, "two", {});
  file.add(token(5), 5);
  REQUIRE(file.flush().empty());
  for (const bool runs : {true, false}) {
    if (!runs) file.close();
    auto reader = open_read_only(file.settings.path);
    REQUIRE(reader);
    auto rows = reader->list({Space::history, "", 1, true});
    REQUIRE((rows && rows->size() == 1));
    CHECK(rows->at(0).first == "2");
    CHECK(rows->at(0).second.value == "two");
    CHECK(shown(reader->get(token(5)).value()) == "5/0");
    int told = 0;
    CHECK(reader->for_each(Space::history, [&](std::string_view, const StoreEntry&) { return ++told > 0; }));
    CHECK(told == 2);
    CHECK_FALSE(reader->get({Space::token, "short"}));
    CHECK(check_integrity(file.settings.path));
  }
  CHECK_FALSE(file.exists("x.db-wal"));  // nor does one who looks leave any
  CHECK_FALSE(file.exists("x.db-shm"));
  CHECK_FALSE(open_read_only(file.folder / "none.db"));
  CHECK_FALSE(file.exists("none.db"));
}

}  // namespace xspamd::test
