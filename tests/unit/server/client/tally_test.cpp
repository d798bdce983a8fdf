#include "server/client/tally.h"

#include <catch2/catch.hpp>

#include "server/client/exit_status.h"

using namespace xspamd::client;
using Outcome = Told::Outcome;
using Seconds = std::chrono::duration<double>;

namespace {

Tally counted(Lesson lesson, const std::vector<Told>& all) {
  Tally tally(lesson);
  for (const Told& told : all)
    tally.count(told);
  return tally;
}

}  // namespace

TEST_CASE("tally: the summary names every count") {
  Tally tally(Lesson::spam);
  const std::pair<Outcome, int> counts[] = {
      {Outcome::learned, 180}, {Outcome::unchanged, 12}, {Outcome::refused, 3}};
  for (const auto& [outcome, count] : counts) {
    for (int i = 0; i < count; ++i)
      tally.count({outcome, "x"});
  }
  CHECK(tally.summary(Seconds(2.06)) ==
        "learned 180, already learned 12, forgotten 0, refused 3, failed 0 of 195 messages in 2.1 s");
  const Tally one = counted(Lesson::forget, {{Outcome::unchanged, ""}});
  CHECK(one.summary(Seconds(0)) ==
        "learned 0, never learned 1, forgotten 0, refused 0, failed 0 of 1 message in 0.0 s");
}

TEST_CASE("tally: what was skipped is a message, and no problem") {
  Tally tally =
      counted(Lesson::ham, {{Outcome::learned, ""}, {Outcome::failed, "x"}, {Outcome::unreachable, "y"}});
  tally.count_skipped();
  CHECK(tally.summary(Seconds(1)) ==
        "learned 1, already learned 0, forgotten 0, refused 0, failed 2, skipped 1 of 4 messages in 1.0 s");
  Tally skipped(Lesson::ham);
  skipped.count_skipped();
  CHECK(skipped.exit_status() == kFine);
}

TEST_CASE("tally: the exit status is that of the worst that happened") {
  struct Row {
    std::vector<Told> told;
    bool unreadable;
    int status;
  };
  const Row rows[] = {
      {{}, false, kFine},
      {{{Outcome::learned, ""}, {Outcome::unchanged, ""}, {Outcome::forgotten, ""}}, false, kFine},
      {{{Outcome::learned, ""}, {Outcome::refused, "x"}}, false, kProblem},
      {{{Outcome::failed, "x"}, {Outcome::learned, ""}}, false, kProblem},
      {{{Outcome::learned, ""}}, true, kIoError},
      {{{Outcome::refused, "x"}}, true, kIoError},
      {{{Outcome::learned, ""}, {Outcome::unreachable, "x"}}, false, kUnavailable},
      {{{Outcome::unreachable, "x"}, {Outcome::refused, "x"}}, true, kUnavailable},
  };
  for (const Row& row : rows) {
    Tally tally = counted(Lesson::spam, row.told);
    if (row.unreadable) tally.count_unreadable();
    CHECK(tally.exit_status() == row.status);
  }
  CHECK(std::vector{kFine, kProblem, kUsage, kUnavailable, kIoError} == std::vector{0, 1, 64, 69, 74});
}

TEST_CASE("tally: each reason is told once, with its number") {
  const Tally tally = counted(Lesson::spam, {{Outcome::refused, "69 Service Unavailable: no TELL"},
                                             {Outcome::failed, "no answer"},
                                             {Outcome::refused, "69 Service Unavailable: no TELL"},
                                             {Outcome::learned, ""},
                                             {Outcome::unreachable, "told already"}});
  CHECK(tally.reasons() == std::vector<std::string>{"failed 1 message: no answer",
                                                    "refused 2 messages: 69 Service Unavailable: no TELL"});
}

TEST_CASE("tally: a server that finds a new reason each time fills no memory") {
  Tally tally(Lesson::spam);
  for (int i = 0; i < 10'000; ++i)
    tally.count({Outcome::refused, std::to_string(i)});
  CHECK(tally.reasons().size() == Tally::kMostReasons + 1);
  const auto reasons = tally.reasons();
  CHECK(std::count(reasons.begin(), reasons.end(), "refused 9980 messages: for other reasons") == 1);
}

TEST_CASE("tally: progress tells the part that is done where it can be known") {
  CHECK(progress_line({1200, 34'000'000, 195'200'000, Seconds(4)}) ==
        "1200 messages, 34.0 of 195.2 MB (17 %), 300 messages/s");
  CHECK(progress_line({1, 1'000, std::nullopt, Seconds(1)}) == "1 message, 0.0 MB, 1 messages/s");
  CHECK(progress_line({0, 0, 0, Seconds(0)}) == "0 messages, 0.0 MB, 0 messages/s");
  // Files that grow while they are read.
  CHECK(progress_line({2, 3'000'000, 2'000'000, Seconds(1)}) == "2 messages, 3.0 MB, 2 messages/s");
}
