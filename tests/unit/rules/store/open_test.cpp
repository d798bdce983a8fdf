#include "rules/store/open.h"

#include <catch2/catch.hpp>

#include "tests/unit/rules/store/store_loop.h"
#include "tests/unit/server/temp_folder.h"

namespace xspamd::test {

namespace {

std::string kept(StoreLoop& loop, Store& store) {
  store.add({delta(token(1), 1, 0)});
  auto entries = loop.wait(store.get({token(1)}, soon()));
  return entries ? shown(entries->at(0)) : entries.error().sentence;
}

}  // namespace

TEST_CASE("open store: a path is a file, memory: is none") {
  const TempFolder folder;
  StoreLoop loop;
  for (int i = 1; i <= 2; ++i) {
    const OpenedStore file = open_store("sqlite:" + folder / "x.db", loop.executor());
    CHECK(file.warning.empty());
    CHECK(kept(loop, *file.store) == std::to_string(i) + "/0");
    const OpenedStore memory = open_store("memory:", loop.executor());
    CHECK(memory.warning.empty());
    CHECK(kept(loop, *memory.store) == "1/0");
  }
}

TEST_CASE("open store: redis is told to be missing, without its password, and memory takes its place") {
  StoreLoop loop;
  const OpenedStore opened = open_store("redis+sentinel://user:secret@db:26379/0", loop.executor());
  CHECK(
      opened.warning ==
      "store.url: redis+sentinel stores are not available yet, the store is kept in memory and ends with the "
      "server; sqlite:/path keeps it");
  CHECK(kept(loop, *opened.store) == "1/0");
}

}  // namespace xspamd::test
