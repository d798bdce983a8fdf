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

TEST_CASE("open store: redis is a store that others share, and says so when nobody answers") {
  StoreLoop loop;
  const OpenedStore opened = open_store("redis://user:secret@127.0.0.1:1/0", loop.executor());
  CHECK(opened.warning.empty());
  CHECK(opened.store->is_shared());
  CHECK(kept(loop, *opened.store) == "127.0.0.1:1: Connection refused");
  CHECK(opened.store->trouble() == "store 127.0.0.1:1: Connection refused");
}

TEST_CASE("open store: a URL that is none is told without its password, and memory takes its place") {
  StoreLoop loop;
  const std::pair<std::string, std::string> rows[] = {
      {"redis://user:secret@db:port/0", "host 1: a port from 1 to 65535 was expected after the colon"},
      {"redis+sentinel://user:secret@db:26379",
       "the name of the master was expected after the hosts, as in /mymaster"},
      {"mongodb://user:secret@db", "there are no \"mongodb\" stores"}};
  for (const auto& [url, why] : rows) {
    const OpenedStore opened = open_store(url, loop.executor());
    CHECK(opened.warning == "store.url: " + why + "; the store is kept in memory and ends with the server");
    CHECK(kept(loop, *opened.store) == "1/0");
  }
}

}  // namespace xspamd::test
