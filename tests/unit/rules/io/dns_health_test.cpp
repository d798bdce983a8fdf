#include "rules/io/dns_health.h"

#include <catch2/catch.hpp>
#include <string>

using namespace xspamd;
using namespace std::chrono_literals;

namespace {

const Clock::time_point kStart = Clock::time_point(1'000h);

void ask(DnsHealth& health, int questions, int names, Clock::time_point now = kStart) {
  for (int i = 0; i < questions; ++i)
    health.asked("n" + std::to_string(i % names), now);
}

}  // namespace

TEST_CASE("dns health: eight questions for four names and two seconds of silence make a server down") {
  struct Row {
    int questions, names;
    bool want;
  };
  for (const Row& row :
       {Row{8, 4, true}, Row{7, 4, false}, Row{100, 3, false}, Row{100, 100, true}, Row{0, 1, false}}) {
    DnsHealth health;
    ask(health, row.questions, row.names);
    CHECK_FALSE(health.down(kStart + 1'999ms));
    CHECK(health.down(kStart + 2s) == row.want);
    CHECK_FALSE(health.ever_heard());
  }
}

TEST_CASE("dns health: two seconds count from the first question, and the last one has half a second") {
  DnsHealth health;
  ask(health, 7, 4);
  health.asked("last", kStart + 1'800ms);
  CHECK_FALSE(health.down(kStart + 2'299ms));
  CHECK(health.down(kStart + 2'300ms));
}

TEST_CASE("dns health: anything that is heard ends it") {
  DnsHealth health;
  ask(health, 8, 4);
  health.heard();
  CHECK(health.ever_heard());
  CHECK_FALSE(health.down(kStart + 1h));
  ask(health, 7, 4, kStart + 1h);
  CHECK_FALSE(health.suspect());
}

TEST_CASE("dns health: more questions do not put off the moment") {
  DnsHealth health;
  ask(health, 8, 4);
  ask(health, 8, 4, kStart + 1'900ms);
  CHECK(health.down(kStart + 2s));
}
