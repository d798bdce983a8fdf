// A process with a store is killed at any moment: the file is sound, and holds what flush() said is safe.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <random>

#include "rules/store/sqlite.h"
#include "tests/unit/rules/store/store_loop.h"
#include "tests/unit/server/temp_folder.h"

namespace xspamd::test {

namespace {

constexpr std::uint64_t kTokensAtOnce = 50;

// Adds 1, 2, 3 … to one counter, each with tokens of its own, and tells in the pipe how far flush() came.
[[noreturn]] void write_for_ever(const std::string& path, std::uint64_t last, int pipe) {
  StoreLoop loop;
  SqliteStore::Settings settings;
  settings.path = path;
  settings.commit_every = std::chrono::milliseconds(1);
  SqliteStore store(loop.executor(), settings);
  for (std::uint64_t number = last + 1;; ++number) {
    std::vector<Delta> deltas{delta({Space::total, ""}, 1, 0)};
    for (std::uint64_t i = 0; i < kTokensAtOnce; ++i)
      deltas.push_back(delta(token((number * kTokensAtOnce + i) * 0x9e3779b97f4a7c15ull), 1, 0));
    store.add(std::move(deltas));
    if (number % 5 != 0) {
      loop.until([turns = 0]() mutable { return ++turns > 1; });  // now and then a commit of its own accord
      continue;
    }
    if (!loop.wait(store.flush(soon()))) ::_exit(1);
    if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

std::uint64_t last_told(int pipe) {
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  while (::read(pipe, &number, sizeof number) == sizeof number)
    last = number;
  return last;
}

}  // namespace

TEST_CASE("sqlite store: killed at any moment it loses nothing that was safe, and halves nothing") {
  const TempFolder folder;
  const std::string path = folder / "x.db";
  std::minstd_rand random(4711);
  std::uint64_t safe = 0;
  std::uint64_t found = 0;
  int rounds_with_some = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) write_for_ever(path, found, ends[1]);
    ::close(ends[1]);
    ::usleep(static_cast<useconds_t>(random() % 60'000));  // the moment is what is tested
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const std::uint64_t told = last_told(ends[0]);
    ::close(ends[0]);
    safe = std::max(safe, told);
    if (told > 0) ++rounds_with_some;

    auto reader = open_read_only(path);
    if (!reader && safe == 0) continue;  // killed before there was a file
    REQUIRE(reader);
    const auto sound = check_integrity(path);
    INFO((sound ? "" : sound.error().sentence));
    REQUIRE(sound);
    auto total = reader->get({Space::total, ""});
    REQUIRE(total);
    found = *total ? static_cast<std::uint64_t>((*total)->counts[0]) : 0;
    CHECK(found >= safe);
    std::uint64_t tokens = 0;
    CHECK(reader->for_each(Space::token, [&](std::string_view, const StoreEntry& entry) {
      if (entry.counts == Counts{1, 0}) ++tokens;
      return true;
    }));
    CHECK(tokens == found * kTokensAtOnce);  // whole messages, each once
  }
  CHECK(rounds_with_some > 2);
}

}  // namespace xspamd::test
