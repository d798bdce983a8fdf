#include "rules/store/entry.h"

#include <catch2/catch.hpp>
#include <functional>

#include "rules/store/changes.h"
#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

namespace {

const WallTime kNow{sys_seconds(std::chrono::seconds(1'000))};

sys_seconds at(int seconds) {
  return sys_seconds(std::chrono::seconds(seconds));
}

// "1/2 value until 2000", "-".
std::string full(const std::optional<StoreEntry>& entry) {
  std::string text = shown(entry);
  if (entry && entry->expires != sys_seconds{})
    text += " until " + std::to_string(entry->expires.time_since_epoch().count());
  return text;
}

using Write = std::function<void(Change&)>;
const Write kWrites[] = {
    [](Change& change) {
      change.add({1, 0}, {});
    },
    [](Change& change) {
      change.add({-2, 3}, at(2'000));
    },
    [](Change& change) {
      change.add({2, -9}, at(3'000));
    },
    [](Change& change) { change.put("value", {}); },
    [](Change& change) { change.put("other", at(2'500)); },
    [](Change& change) { change.forget(); },
};

}  // namespace

TEST_CASE("store entry: writes made one do what they do one after the other") {
  const std::optional<StoreEntry> starts[] = {std::nullopt, StoreEntry{{5, 5}, "", {}},
                                              StoreEntry{{1, 0}, "kept", at(2'200)},
                                              StoreEntry{{9, 9}, "old", at(999)}};
  int compared = 0;
  for (const auto& start : starts)
    for (const Write& a : kWrites)
      for (const Write& b : kWrites)
        for (const Write& c : kWrites) {
          std::optional<StoreEntry> in_steps = start;
          bool was_gone = false;
          for (const Write* write : {&a, &b, &c}) {
            // An expiry that begins anew because an addition came to nothing in between is not told from one
            // that goes on.
            was_gone = was_gone || (!in_steps && write != &a);
            Change step;
            (*write)(step);
            step.apply(in_steps, kNow);
          }
          Change one;
          a(one);
          b(one);
          c(one);
          std::optional<StoreEntry> at_once = start;
          one.apply(at_once, kNow);
          if (was_gone) {
            CHECK(shown(at_once) == shown(in_steps));
          } else {
            CHECK(full(at_once) == full(in_steps));
          }
          ++compared;
        }
  CHECK(compared == 4 * 6 * 6 * 6);
}

TEST_CASE("store entry: keys that are kept") {
  CHECK(check_key({Space::sender, ""}));
  CHECK(check_key({Space::sender, std::string(255, '\0')}));
  CHECK(check_key(token(~0ull)));
  CHECK(check_key({Space::sender, std::string(300, 'a')}).error().sentence ==
        "an id of 300 bytes: at most 255 are kept");
  CHECK(check_key({Space::token, "123"}).error().sentence ==
        "the id of a token has 3 bytes: 8 were expected");
}

TEST_CASE("store changes: the bytes that they take are counted") {
  Changes changes;
  changes.add(delta(token(1), 1, 0));
  const std::size_t one = changes.bytes();
  CHECK(one > 100);
  changes.add(delta(token(1), 1, 0));
  CHECK(changes.bytes() == one);
  changes.put({Space::sender, "a"}, std::string(1'000, 'v'), {});
  CHECK(changes.bytes() == 2 * one + 1'000);
  changes.put({Space::sender, "a"}, std::string(10, 'v'), {});
  CHECK(changes.bytes() == 2 * one + 10);
  changes.forget({Space::sender, "a"});
  CHECK(changes.bytes() == 2 * one);
  CHECK(changes.count() == 2);
  changes.forget({Space::sender, std::string(200, 'a')});
  CHECK(changes.bytes() == 3 * one + 200);
}

}  // namespace xspamd::test
