#include "rules/store/bucket.h"

#include <catch2/catch.hpp>

#include "tests/unit/rules/store/store_loop.h"

namespace xspamd::test {

namespace {

const WallTime kNow{sys_seconds(std::chrono::seconds(1'000))};

}  // namespace

TEST_CASE("store bucket: its entry says how full it was when, and expires when it is empty") {
  std::optional<StoreEntry> bucket;
  CHECK(take_from(bucket, 2.5, {10, 0.5}, kNow).fits);
  REQUIRE(bucket);
  CHECK(bucket->value == "2.5 1000000000");
  CHECK(bucket->expires == sys_seconds(std::chrono::seconds(1'006)));
}

TEST_CASE("store bucket: what does not fit leaves it as it was") {
  std::optional<StoreEntry> bucket = StoreEntry{{}, "9 1000000000", {}};
  const auto before = bucket;
  CHECK_FALSE(take_from(bucket, 2, {10, 1}, kNow).fits);
  CHECK(bucket == before);
}

TEST_CASE("store bucket: one that does not drain is kept for years, not for ever") {
  std::optional<StoreEntry> bucket;
  take_from(bucket, 1, {10, 0}, kNow);
  CHECK(bucket->expires == sys_seconds(std::chrono::seconds(1'000 + 315'360'000 + 1)));
  bucket.reset();
  take_from(bucket, 1e300, {1e301, 1e-300}, kNow);
  CHECK(bucket->expires == sys_seconds(std::chrono::seconds(1'000 + 315'360'000 + 1)));
}

TEST_CASE("store bucket: a value that is none is an empty bucket") {
  const char* const values[] = {
      "", "full", "9", "9 ", "9 then", " 1", "nan 1000000000", "inf 1000000000", "-5 1000000000"};
  for (const char* value : values) {
    std::optional<StoreEntry> bucket = StoreEntry{{}, value, {}};
    INFO(value);
    CHECK(take_from(bucket, 10, {10, 1}, kNow).fits);
  }
}

}  // namespace xspamd::test
