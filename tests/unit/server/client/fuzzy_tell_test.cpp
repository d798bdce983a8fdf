#include <catch2/catch.hpp>

#include "server/client/tally.h"
#include "server/client/teller.h"

using namespace xspamd;
using namespace xspamd::client;
using Outcome = Told::Outcome;

namespace {

std::string head(Lesson lesson, const FuzzyOrder& fuzzy, std::string_view user = {}) {
  return tell_head(tell_of(lesson, fuzzy), user, 5);
}

}  // namespace

TEST_CASE("tell: fuzzy digests are what spamc calls remote, with a header for flag and weight") {
  const FuzzyOrder denied{FuzzyFlag::denied, 7};
  const FuzzyOrder white{FuzzyFlag::white, 1};
  CHECK(head(Lesson::fuzzy_add, denied, "joe") ==
        "TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: remote\r\nFuzzy: denied; weight=7\r\n"
        "User: joe\r\nContent-length: 5\r\n\r\n");
  CHECK(head(Lesson::fuzzy_add, white) ==
        "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: remote\r\nFuzzy: white; weight=1\r\n"
        "Content-length: 5\r\n\r\n");
  CHECK(head(Lesson::fuzzy_delete, white) ==
        "TELL SPAMC/1.5\r\nRemove: remote\r\nFuzzy: white\r\nContent-length: 5\r\n\r\n");
  CHECK(head(Lesson::fuzzy_delete, {}) == "TELL SPAMC/1.5\r\nRemove: remote\r\nContent-length: 5\r\n\r\n");
}

TEST_CASE("tell: of fuzzy digests only what was done remotely counts") {
  SpamdReply local;
  local.set.local = local.removed.local = true;
  SpamdReply remote;
  remote.set.remote = remote.removed.remote = true;
  CHECK(understood(Lesson::fuzzy_add, remote).outcome == Outcome::learned);
  CHECK(understood(Lesson::fuzzy_add, local).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::fuzzy_delete, remote).outcome == Outcome::forgotten);
  CHECK(understood(Lesson::fuzzy_delete, local).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::spam, remote).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::forget, remote).outcome == Outcome::unchanged);
}

TEST_CASE("tally: fuzzy commands have words of their own") {
  CHECK(name(Outcome::unchanged, Lesson::fuzzy_add) == "too short to add");
  CHECK(name(Outcome::unchanged, Lesson::fuzzy_delete) == "never learned");
}
