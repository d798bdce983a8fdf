#include "server/spamd_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "proto/base/text.h"

using namespace xspamd;

namespace {

struct Scanned {
  Request request;
  Verdict verdict;
  std::string peer = "127.0.0.1:52202";

  std::vector<std::string> lines() const {
    return spamd_lines({request, verdict, 3556, peer, {}}, Points{5'000}, 105);
  }
  std::string result() const { return lines().back(); }
};

Scanned spam() {
  Scanned scanned;
  scanned.request.command = Command::process;
  scanned.request.profile_user = "bob";
  scanned.verdict.score = Points{7'500};
  scanned.verdict.scores = {{"TEST2", "", "", Points{3'500}, {}}, {"TEST1", "", "", Points{4'000}, {}}};
  scanned.verdict.message_id = "1@x.example";
  scanned.verdict.autolearn = "no";
  scanned.verdict.timings.total = std::chrono::milliseconds(149);
  return scanned;
}

}  // namespace

TEST_CASE("spamd log: spam is three lines that statistics tools read") {
  CHECK(fmt::format("{}\n", fmt::join(spam().lines(), "\n")) ==
        "spamd: processing message <1@x.example> for bob:105\n"
        "spamd: identified spam (7.5/5.0) for bob:105 in 0.1 seconds, 3556 bytes.\n"
        "spamd: result: Y  7 - TEST1,TEST2 scantime=0.1,size=3556,user=bob,uid=105,required_score=5.0,"
        "rhost=localhost,raddr=127.0.0.1,rport=52202,mid=<1@x.example>,autolearn=no\n");
}

TEST_CASE("spamd log: what is not known stands as it does in spamd's") {
  Scanned ham;
  ham.peer = "unix";
  CHECK(fmt::format("{}\n", fmt::join(ham.lines(), "\n")) ==
        "spamd: checking message (unknown) for (unknown):105\n"
        "spamd: clean message (0.0/5.0) for (unknown):105 in 0.0 seconds, 3556 bytes.\n"
        "spamd: result: .  0 -  scantime=0.0,size=3556,user=(unknown),uid=105,required_score=5.0,"
        "rhost=localhost,raddr=127.0.0.1,rport=0,mid=(unknown),autolearn=disabled\n");
}

TEST_CASE("spamd log: the score is cut to a whole number of two places") {
  struct Row {
    std::int64_t score;
    std::string_view want;
  };
  for (const Row& row : {Row{4'900, ".  4 - "}, Row{15'000, "Y 15 - "}, Row{100'000, "Y 100 - "},
                         Row{-900, ".  0 - "}, Row{-2'500, ". -2 - "}}) {
    Scanned scanned = spam();
    scanned.verdict.score = Points{row.score};
    CHECK(scanned.result().find(fmt::format("spamd: result: {}", row.want)) == 0);
  }
}

TEST_CASE("spamd log: peers of all kinds") {
  struct Row {
    std::string_view peer, want;
  };
  for (const Row& row : {Row{"[::1]:4711", "rhost=localhost,raddr=::1,rport=4711"},
                         Row{"192.0.2.1:25", "rhost=192.0.2.1,raddr=192.0.2.1,rport=25"},
                         Row{"[2001:db8::1]:25", "rhost=2001:db8::1,raddr=2001:db8::1,rport=25"}}) {
    Scanned scanned = spam();
    scanned.peer = row.peer;
    CHECK(scanned.result().find(fmt::format(",{},", row.want)) != std::string::npos);
  }
}

TEST_CASE("spamd log: nobody writes a line or a field of his own") {
  Scanned scanned = spam();
  scanned.verdict.message_id =
      "a\r\nspamd: result: Y 99 - X mid=<>,autolearn=spam\x01\xff " + std::string(5'000, 'x');
  scanned.request.profile_user = "eve,uid=0\nspamd: clean message é";
  for (int i = 0; i < 5'000; ++i)
    scanned.verdict.scores.push_back({fmt::format("RULE_{}", i), "", "", Points{1}, {}});
  for (const std::string& line : scanned.lines()) {
    CHECK(std::none_of(line.begin(), line.end(), [](char c) { return is_control(c); }));
    CHECK(ascii_length(line) == line.size());
    CHECK(line.size() < 6'000);
  }
  const std::string result = scanned.result();
  // "spamd: result: Y  7 - NAMES FIELDS"
  CHECK(std::count(result.begin(), result.end(), ' ') == 7);
  CHECK(result.find(",user=eve_uid=0_spamd:_clean_message_??,uid=105,") != std::string::npos);
  CHECK(result.find(",mid=<a__spamd:_result:_Y_99_-_X_mid=??_autolearn=spam_?_x") != std::string::npos);
}
