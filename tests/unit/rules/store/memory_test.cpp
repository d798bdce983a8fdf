#include "rules/store/memory.h"

#include <catch2/catch.hpp>

#include "tests/unit/rules/store/conformance.h"

namespace xspamd::test {

TEST_CASE("memory store: does what every store does") {
  check_conformance([](StoreLoop& loop) { return std::make_shared<MemoryStore>(loop.clock()); });
}

TEST_CASE("memory store: over its bound those go that expire first, then the oldest") {
  StoreLoop loop;
  const std::string value(1'000, 'v');
  MemoryStore store(loop.clock(), 4'800);  // three of them and a bit
  store.put({Space::history, "1"}, value, {});
  store.put({Space::history, "2"}, value, {});
  store.put({Space::history, "3"}, value, loop.in(50));
  const auto ids = [&] {
    auto rows = loop.wait(store.list({Space::history, "", 99, false}, soon()));
    std::string text;
    for (const auto& [id, entry] : *rows)
      text += id;
    return text;
  };
  CHECK(ids() == "123");
  store.put({Space::history, "4"}, value, {});
  CHECK(ids() == "124");
  store.add({delta({Space::history, "1"}, 1, 0)});  // written again: no longer the oldest
  store.put({Space::history, "5"}, value, {});
  CHECK(ids() == "145");
  CHECK(store.bytes() <= 4'800);
  store.put({Space::history, "6"}, std::string(10'000, 'v'), {});  // larger than all there is room for
  CHECK(ids().empty());
  CHECK(store.bytes() == 0);
}

TEST_CASE("memory store: what has expired makes room without being asked for") {
  StoreLoop loop;
  MemoryStore store(loop.clock());
  for (int i = 0; i < 100; ++i)
    store.put({Space::history, std::to_string(i)}, "v", loop.in(10));
  const std::size_t full = store.bytes();
  loop.now += std::chrono::seconds(20);
  for (int i = 0; i < 100; ++i)
    store.put({Space::sender, "one and the same"}, "v", {});
  CHECK(store.bytes() < full / 50);
}

}  // namespace xspamd::test
