#include "rules/io/dns_cache.h"

#include <catch2/catch.hpp>

using namespace xspamd;
using namespace std::chrono_literals;

namespace {

const Clock::time_point kStart = Clock::time_point(1'000h);

dns::Question question(int number) {
  return {"n" + std::to_string(number) + ".test", dns::Type::txt};
}

DnsReply reply(DnsAnswer::Status status, std::size_t bytes = 0) {
  auto answer = std::make_shared<DnsAnswer>();
  answer->status = status;
  if (bytes > 0) answer->texts.emplace_back(bytes, 'x');
  return answer;
}
const DnsReply kFound = reply(DnsAnswer::Status::found);

}  // namespace

TEST_CASE("dns cache: an answer lives for its TTL, with a cap, and unknown ones not at all") {
  struct Row {
    std::string what;
    DnsAnswer::Status status;
    std::uint32_t ttl;
    std::chrono::seconds want;
  };
  using Status = DnsAnswer::Status;
  const Row rows[] = {
      {"found", Status::found, 300, 300s},
      {"a TTL of zero", Status::found, 0, 0s},
      {"more than a day", Status::found, 0x7fffffff, 24h},
      {"no name", Status::no_name, 60, 60s},
      {"no data, more than an hour", Status::no_data, 86'400, 1h},
      {"unknown", Status::unknown, 300, 0s},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    DnsCache cache(10);
    cache.keep(question(1), reply(row.status), row.ttl, kStart);
    CHECK((cache.find(question(1), kStart + row.want - 1ms) != nullptr) == (row.want > 0s));
    CHECK(cache.find(question(1), kStart + row.want) == nullptr);
    CHECK(cache.size() == 0);
  }
}

TEST_CASE("dns cache: a question is name and type") {
  DnsCache cache(10);
  cache.keep({"a.test", dns::Type::a}, kFound, 300, kStart);
  CHECK(cache.find({"a.test", dns::Type::a}, kStart) == kFound);
  CHECK(cache.find({"a.test", dns::Type::aaaa}, kStart) == nullptr);
  CHECK(cache.find({"b.test", dns::Type::a}, kStart) == nullptr);
}

TEST_CASE("dns cache: a newer answer replaces the older one") {
  DnsCache cache(10);
  const DnsReply newer = reply(DnsAnswer::Status::found);
  cache.keep(question(1), kFound, 300, kStart);
  cache.keep(question(1), newer, 600, kStart);
  CHECK(cache.find(question(1), kStart + 500s) == newer);
  CHECK(cache.size() == 1);
}

TEST_CASE("dns cache: of size 0 it keeps nothing") {
  DnsCache cache(0);
  cache.keep(question(1), kFound, 300, kStart);
  CHECK(cache.find(question(1), kStart) == nullptr);
}

TEST_CASE("dns cache: it never holds more than it may, and keeps what is asked for") {
  DnsCache cache(100);
  for (int i = 0; i < 10'000; ++i) {
    cache.keep(question(i), kFound, 300, kStart);
    cache.find(question(7), kStart);
    REQUIRE(cache.size() <= 100);
  }
  CHECK(cache.find(question(7), kStart) != nullptr);
  CHECK(cache.find(question(9'999), kStart) != nullptr);
  CHECK(cache.find(question(8), kStart) == nullptr);
}

TEST_CASE("dns cache: what has expired goes first") {
  DnsCache cache(8);
  for (int i = 0; i < 8; ++i)
    cache.keep(question(i), kFound, i == 5 ? 1 : 300, kStart);
  cache.keep(question(100), kFound, 300, kStart + 2s);
  for (int i = 0; i < 8; ++i)
    CHECK((cache.find(question(i), kStart + 2s) != nullptr) == (i != 5));
}

TEST_CASE("dns cache: long answers do not fill the memory") {
  constexpr std::size_t kMost = 1'000;
  DnsCache cache(kMost);
  for (int i = 0; i < 5'000; ++i) {
    cache.keep(question(i), reply(DnsAnswer::Status::found, 4'000), 300, kStart);
    REQUIRE(cache.bytes() <= kMost * DnsCache::kBytesEach);
  }
  CHECK(cache.size() > 50);
  cache.keep(question(-1), reply(DnsAnswer::Status::found, 60'000), 300, kStart);
  CHECK(cache.find(question(-1), kStart) == nullptr);
  for (int i = 0; i < 5'000; ++i)
    cache.find(question(i), kStart + 1h);
  CHECK(cache.bytes() == 0);
}
