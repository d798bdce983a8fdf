// The store that is an SQLite file, when something is wrong: what it says, what goes on, how it comes back.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/unit/rules/store/sqlite_file.h"

namespace xspamd::test {

namespace {

using Catch::Matchers::Contains;

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

// For a while writing beyond the first 4 KiB of a file is EFBIG.
class SmallFiles {
 public:
  SmallFiles() {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    rlimit small = before_;
    small.rlim_cur = 4'096;
    ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  }
  ~SmallFiles() {
    if (::setrlimit(RLIMIT_FSIZE, &before_) != 0) std::abort();
    ::signal(SIGXFSZ, SIG_DFL);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("sqlite store: a folder without a parent is told, and used once it is there") {
  StoreFile file;
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
  StoreFile file;
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
  StoreFile file;
  file.open();
  file.add(kSender, 1);
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "1/0");  // both connections are open
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
  StoreFile file;
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
  StoreFile file;
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  CHECK(file.get(kSender) == "1/0");  // both connections are open
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
  StoreFile file;
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
  StoreFile file;
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
  StoreFile file;
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  std::string trouble;
  std::string meanwhile;
  {
    const SmallFiles small;
    file.store->put({Space::history, "new"}, std::string(200'000, 'h'), {});
    file.add(kSender, 1);
    trouble = file.trouble();
    meanwhile = file.flush();
  }
  CHECK_THAT(trouble, Contains("x.db cannot be read or written (") && Contains("): look at the disk"));
  CHECK_THAT(meanwhile, Contains("look at the disk"));
  file.comes_back();
  CHECK(file.flush().empty());
  CHECK(file.get(kSender) == "2/0");
  CHECK(check_integrity(file.settings.path));
}

TEST_CASE(
    "sqlite store: the lock of another process delays writes, not reads, and nothing beyond its deadline") {
  StoreFile file;
  file.settings.busy = milliseconds(400);
  file.open();
  file.add(kSender, 1);
  REQUIRE(file.flush().empty());
  OtherConnection other(file.settings.path);
  other.run("BEGIN IMMEDIATE");
  file.add(kSender, 1);
  auto taken = file.loop.wait(file.store->take(kBucket, 1, {10, 1}, Clock::now() + milliseconds(50)));
  REQUIRE(!taken);
  CHECK(taken.error().code == Errc::unavailable);
  CHECK_THAT(taken.error().sentence, Contains("the store gives no answer within "));
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
  StoreFile file;
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
  StoreFile file;
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
  StoreFile file;
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
  StoreFile file;
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

}  // namespace xspamd::test
