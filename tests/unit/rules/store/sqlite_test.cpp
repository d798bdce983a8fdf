// What is particular to the store that is an SQLite file: what it survives, and what it says meanwhile.
#include "rules/store/sqlite.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/unit/rules/store/conformance.h"
#include "tests/unit/server/temp_folder.h"

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;
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

// File rights do not concern root: for a while the process is nobody.
class AsNobody {
 public:
  explicit AsNobody(const TempFolder& folder) : changed_(::geteuid() == 0) {
    if (!changed_) return;
    REQUIRE(::chown(folder.path().c_str(), kNobody, kNobody) == 0);
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path()))
      REQUIRE(::chown(file.path().c_str(), kNobody, kNobody) == 0);
    REQUIRE(::seteuid(kNobody) == 0);
  }
  ~AsNobody() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65'534;
  const bool changed_;
};

const StoreKey kSender{Space::sender, "alice@example.org"};
const StoreKey kBucket{Space::bucket, "192.0.2.1"};

struct File {
  TempFolder folder;
  StoreLoop loop;
  SqliteStore::Settings settings;
  std::unique_ptr<SqliteStore> store;

  File() {
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
  File file;
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
  File file;
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
  File file;
  file.open();
  file.add(kSender, 1);
  file.close();
  file.open();
  CHECK(file.get(kSender) == "1/0");
}

TEST_CASE("sqlite store: file and folder are made for their owner and group alone") {
  File file;
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

TEST_CASE("sqlite store: a folder without a parent is told, and used once it is there") {
  File file;
  file.settings.path = file.folder / "var/lib/x.db";
  file.open();
  CHECK_THAT(file.trouble(),
             Contains("the folder " + file.folder.path() + "/var/lib cannot be made (No such file"));
  CHECK_THAT(file.get(kSender), Contains("cannot be made"));
  CHECK_THAT(file.take(), Contains("cannot be made"));
  CHECK_THAT(file.flush(), Contains("cannot be made"));
  file.add(kSender, 2);
  std::filesystem::create_directories(file.folder / "var");
  file.comes_back();
  CHECK(file.get(kSender) == "2/0");
  CHECK(file.flush().empty());
}

TEST_CASE("sqlite store: a folder that vanishes is made again, with what waits") {
  File file;
  file.settings.path = file.folder / "state/x.db";
  file.open();
  file.add(kSender, 1);
  CHECK(file.flush().empty());
  std::filesystem::remove_all(file.folder / "state");
  file.add(kSender, 2);
  REQUIRE(file.loop.until([&] { return file.exists("state/x.db"); }));
  file.comes_back();
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "2/0");
  file.close();
  file.open();
  CHECK(file.get(kSender) == "2/0");
}

TEST_CASE("sqlite store: a file that was moved away while it is read is followed by a new one") {
  File file;
  file.open();
  file.add(kSender, 1);
  CHECK(file.flush().empty());
  std::filesystem::create_directories(file.folder / "away");
  for (const std::string name : {"x.db", "x.db-wal", "x.db-shm"})
    std::filesystem::rename(file.folder / name, file.folder / ("away/" + name));
  CHECK_THAT(file.get(kSender), Contains("was moved or removed"));
  file.comes_back();
  CHECK(file.get(kSender) == "-");
  file.add(kSender, 5);
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "5/0");
  CHECK(check_integrity(file.folder / "away/x.db"));
  auto moved = open_read_only(file.folder / "away/x.db");
  REQUIRE(moved);
  CHECK(shown(moved->get(kSender).value()) == "1/0");
}

TEST_CASE("sqlite store: a file that was moved alone takes with it what lay in its log") {
  File file;
  file.open();
  file.add(kSender, 1);
  REQUIRE(
      file.loop.wait(file.store->list({Space::sender, "", 1, true}, soon())));  // committed, in the log alone
  std::filesystem::rename(file.settings.path, file.folder / "old.db");
  CHECK_THAT(file.get(kSender), Contains("was moved or removed"));
  file.comes_back();
  CHECK(file.get(kSender) == "-");
  auto moved = open_read_only(file.folder / "old.db");
  REQUIRE(moved);
  CHECK(shown(moved->get(kSender).value()) == "1/0");
}

TEST_CASE("sqlite store: another file that has taken the path keeps its own log") {
  File file;
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  for (const std::string end : {"", "-wal", "-shm"})
    std::filesystem::rename(file.settings.path + end, file.folder / ("old" + end));
  {
    OtherConnection other(file.settings.path);
    other.run("PRAGMA journal_mode = WAL; CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    CHECK_THAT(file.get(kSender), Contains("was moved or removed"));
    REQUIRE(
        file.loop.until([&] { return file.store->trouble().find("another program") != std::string::npos; }));
    other.run("INSERT INTO theirs VALUES (2)");
    CHECK(OtherConnection(file.settings.path).number("SELECT count(*) FROM theirs") == 2);
    CHECK(file.exists("x.db-wal"));
  }
  CHECK(OtherConnection(file.settings.path).number("SELECT count(*) FROM theirs") == 2);
}

TEST_CASE("sqlite store: a file or folder without the right to write is told, and comes back with it") {
  File file;
  const bool folder_too = GENERATE(false, true);
  file.open();
  file.add(kSender, 1);
  CHECK(file.flush().empty());
  file.close();
  const AsNobody nobody(file.folder);
  REQUIRE(::chmod(folder_too ? file.folder.path().c_str() : file.settings.path.c_str(),
                  folder_too ? 0500 : 0400) == 0);
  file.open();
  const std::string trouble = file.trouble();
  CHECK_THAT(trouble, Contains(file.settings.path));
  CHECK_THAT(trouble, Contains("give file and folder to the user who runs xspamd"));
  file.add(kSender, 1);
  CHECK_THAT(file.take(), Contains("give file and folder"));
  REQUIRE(::chmod(file.folder.path().c_str(), 0700) == 0);
  REQUIRE(::chmod(file.settings.path.c_str(), 0600) == 0);
  file.comes_back();
  CHECK(file.get(kSender) == "2/0");
  file.close();
}

TEST_CASE("sqlite store: a full disk stops writing and nothing else, and room on it mends all") {
  File file;
  file.settings.most_pages = 60;
  file.settings.most_pending = 300'000;
  file.open();
  file.store->put({Space::history, "old"}, std::string(150'000, 'h'), {});
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  file.store->put({Space::history, "new"}, std::string(150'000, 'h'), {});
  file.add(kSender, 1);
  CHECK_THAT(file.trouble(), Contains("x.db cannot grow, the disk is full: make room on it"));
  CHECK_THAT(file.flush(), Contains("disk is full"));
  CHECK_THAT(file.take(), Contains("disk is full"));
  CHECK(file.get(kSender) == "2/0");  // what is there and what waits
  auto rows = file.loop.wait(file.store->list({Space::history, "", 9, false}, soon()));
  REQUIRE(rows);
  CHECK(rows->size() == 1);

  file.store->put({Space::history, "too much"}, std::string(150'000, 'h'), {});
  file.store->forget({token(1), token(2)});
  CHECK_THAT(file.store->trouble(), Contains("; 1 changes were lost"));

  OtherConnection(file.settings.path).run("DELETE FROM entries WHERE id = CAST('old' AS BLOB)");
  file.comes_back();
  CHECK(file.flush().empty());
  CHECK(file.take().empty());
  CHECK(file.get(kSender) == "2/0");
  CHECK(file.get({Space::history, "too much"}) == "-");
  CHECK(file.get({Space::history, "new"}).size() > 150'000);
  CHECK(check_integrity(file.settings.path));
}

TEST_CASE("sqlite store: a disk that gives errors is told, and what waits is written once it works") {
  File file;
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4'096;  // writing further is EFBIG
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  file.store->put({Space::history, "new"}, std::string(200'000, 'h'), {});
  file.add(kSender, 1);
  const std::string trouble = file.trouble();
  const std::string meanwhile = file.flush();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, SIG_DFL);
  CHECK_THAT(trouble, Contains("x.db cannot be read or written (") && Contains("): look at the disk"));
  CHECK_THAT(meanwhile, Contains("look at the disk"));
  file.comes_back();
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "2/0");
  CHECK(check_integrity(file.settings.path));
}

TEST_CASE(
    "sqlite store: the lock of another process delays writes, not reads, and nothing beyond its deadline") {
  File file;
  file.settings.busy = milliseconds(400);
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  OtherConnection other(file.settings.path);
  other.run("BEGIN IMMEDIATE");
  file.add(kSender, 1);
  const Clock::time_point began = Clock::now();
  auto taken = file.loop.wait(file.store->take(kBucket, 1, {10, 1}, began + milliseconds(50)));
  CHECK(Clock::now() - began < milliseconds(300));
  REQUIRE(!taken);
  CHECK(taken.error().code == Errc::unavailable);
  CHECK_THAT(taken.error().sentence, Contains("the store gives no answer within 5"));
  CHECK(file.get(kSender) == "2/0");
  CHECK_THAT(file.trouble(), Contains("x.db is locked by another process: end it"));
  other.run("COMMIT");
  file.comes_back();
  CHECK(file.flush().empty());
  auto bucket = file.loop.wait(file.store->take(kBucket, 0, {10, 1}, soon()));
  REQUIRE(bucket);
  CHECK(bucket->level == 0);  // who was told that there is no answer has taken nothing
}

TEST_CASE("sqlite store: a file that is no database stays as it is, and once it is moved a new one is made") {
  File file;
  const std::string garbage(10'000, 'x');
  write_file(file.settings.path, garbage);
  file.open();
  CHECK_THAT(file.trouble(), Contains("x.db is damaged or no SQLite database: move it away (mv " +
                                      file.settings.path + "* ELSEWHERE/)"));
  CHECK_THAT(file.get(kSender), Contains("damaged"));
  file.add(kSender, 1);
  CHECK(read_file(file.settings.path) == garbage);
  CHECK_FALSE(check_integrity(file.settings.path));
  std::filesystem::rename(file.settings.path, file.folder / "old");
  file.comes_back();
  CHECK(file.get(kSender) == "1/0");
  CHECK(read_file(file.folder / "old") == garbage);
}

TEST_CASE("sqlite store: pages that are damaged are told by whoever comes upon them") {
  File file;
  file.open();
  std::vector<Delta> deltas;
  for (std::uint64_t i = 0; i < 20'000; ++i)
    deltas.push_back(delta(token(i), 1, 1));
  file.store->add(std::move(deltas));
  file.close();
  std::string bytes = read_file(file.settings.path);
  for (std::size_t page = 5; page * 4'096 < bytes.size(); ++page)
    bytes.replace(page * 4'096, 2'000, 2'000, '\x7f');
  write_file(file.settings.path, bytes);
  const auto sound = check_integrity(file.settings.path);
  REQUIRE(!sound);
  CHECK_THAT(sound.error().sentence, Contains("is damaged"));
  CHECK_THAT(sound.error().sentence, Contains("mv "));
  file.open();
  CHECK_THAT(file.get(token(10'000)), Contains("is damaged"));
  CHECK_THAT(file.trouble(), Contains("is damaged"));
  CHECK_THAT(file.get(kSender), Contains("is damaged"));  // at once, though its page may be sound
  file.close();
  CHECK(std::filesystem::file_size(file.settings.path) == bytes.size());
}

TEST_CASE("sqlite store: a later schema or another program's database is refused and not touched") {
  File file;
  file.open();
  file.add(kSender, 1);
  file.close();
  SECTION("a later schema") {
    OtherConnection(file.settings.path).run("PRAGMA user_version = 7");
    file.open();
    CHECK_THAT(file.trouble(), Contains("x.db has schema version 7, this xspamd knows 1"));
    CHECK_THAT(file.get(kSender), Contains("schema version 7"));
    CHECK_FALSE(open_read_only(file.settings.path));
    OtherConnection(file.settings.path).run("PRAGMA user_version = 1");
    file.comes_back();
    CHECK(file.get(kSender) == "1/0");
  }
  SECTION("another program's") {
    file.settings.path = file.folder / "other.db";
    OtherConnection(file.settings.path).run("CREATE TABLE theirs (a)");
    const std::string bytes = read_file(file.settings.path);
    file.open();
    CHECK_THAT(file.trouble(), Contains("other.db is the database of another program"));
    file.close();
    CHECK(read_file(file.settings.path) == bytes);
  }
}

TEST_CASE("sqlite store: over the bound of what waits the newest writes are lost whole, and told") {
  File file;
  file.settings.commit_every = std::chrono::hours(1);
  file.settings.most_pending = 2'000;
  file.open();
  file.add(kSender, 1);
  std::vector<Delta> learned;
  for (std::uint64_t i = 0; i < 100; ++i)
    learned.push_back(delta(token(i), 1, 0));
  file.store->add(learned);
  file.add(kSender, 1);
  CHECK_THAT(file.store->trouble(),
             Contains("changes come faster than they can be written; 100 changes were lost"));
  CHECK(file.get(token(0)) == "-");
  CHECK(file.get(kSender) == "2/0");
  CHECK(file.flush().empty());
  CHECK(file.store->trouble().empty());
}

TEST_CASE("sqlite store: what has expired leaves the file in the background") {
  File file;
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
  File file;
  file.settings.busy = milliseconds(200);
  file.open();
  REQUIRE(file.flush().empty());
  std::optional<Result<void>> result;
  OtherConnection other(file.settings.path);
  other.run("BEGIN IMMEDIATE");
  file.add(kSender, 1);
  asio::co_spawn(file.loop.executor(), file.store->flush(soon()),
                 [&](std::exception_ptr, Result<void> flushed) { result = std::move(flushed); });
  CHECK(file.get(kSender) == "1/0");
  REQUIRE(!result);  // it waits for the lock
  file.close();
  REQUIRE(file.loop.until([&] { return result.has_value(); }));
  REQUIRE(!*result);
  CHECK(result->error().sentence == "the store has ended");
}

TEST_CASE("sqlite store: for_each tells nothing once it has returned") {
  File file;
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
      Clock::now() + milliseconds(30)));
  returned = true;
  REQUIRE(!ended);
  CHECK(ended.error().code == Errc::unavailable);
  CHECK(file.get(token(1)) == "1/0");  // the thread is free again
  CHECK(told > 0);
  CHECK(told < 50'000);
  CHECK(told_after == 0);
}

TEST_CASE("sqlite store: commands read what a server has written, while it runs and afterwards") {
  File file;
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
