#include "rules/lists/list_state.h"

#include <catch2/catch.hpp>

using namespace xspamd;
using Rest = ListState::Rest;
using namespace std::chrono_literals;

TEST_CASE("list state: who refuses us rests an hour, and that is news once") {
  ListState state;
  const Deadline now{1000h};
  CHECK(state.resting(now) == Rest::none);
  CHECK(state.refuse(Rest::refused, now));
  CHECK_FALSE(state.refuse(Rest::refused, now + 1ms));
  CHECK(state.resting(now + 59min) == Rest::refused);
  CHECK(state.resting(now + 61min) == Rest::none);
  CHECK(state.refuse(Rest::refused, now + 61min));
}

TEST_CASE("list state: who gives no answer to many questions in a row rests a minute") {
  ListState state;
  const Deadline now{1000h};
  for (unsigned i = 1; i < ListState::kSilentAfter; ++i)
    CHECK_FALSE(state.no_answer(now));
  CHECK(state.resting(now) == Rest::none);
  CHECK(state.no_answer(now));
  CHECK(state.resting(now + 59s) == Rest::silent);
  // One more question after each minute: still silent, which is no news.
  CHECK(state.resting(now + 61s) == Rest::none);
  CHECK_FALSE(state.no_answer(now + 61s));
  CHECK(state.resting(now + 62s) == Rest::silent);
  CHECK(state.answered());
  CHECK_FALSE(state.answered());
}

TEST_CASE("list state: an answer in between begins the count anew") {
  ListState state;
  for (unsigned i = 0; i < 5 * ListState::kSilentAfter; ++i) {
    CHECK_FALSE(state.no_answer(Deadline{1000h}));
    CHECK_FALSE(state.answered());
  }
}
