#include "server/client/tell.h"

#include <catch2/catch.hpp>

#include "server/client/teller.h"

using namespace xspamd;
using namespace xspamd::client;

TEST_CASE("tell: the head is what spamc sends") {
  CHECK(tell_head(tell_of(Lesson::spam), "joe", 52) ==
        "TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\nUser: joe\r\nContent-length: 52\r\n\r\n");
  CHECK(tell_head(tell_of(Lesson::ham), "", 1) ==
        "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: local\r\nContent-length: 1\r\n\r\n");
  CHECK(tell_head(tell_of(Lesson::forget), "joe", 52) ==
        "TELL SPAMC/1.5\r\nRemove: local\r\nUser: joe\r\nContent-length: 52\r\n\r\n");
}

TEST_CASE("tell: what a reply means depends on what was asked") {
  using Outcome = Told::Outcome;
  const SpamdReply nothing;
  SpamdReply set;
  set.set.local = true;
  SpamdReply removed;
  removed.removed.local = true;
  SpamdReply refused = set;
  refused.code = 69;
  refused.text = "Service Unavailable: no";
  for (const Lesson lesson : {Lesson::spam, Lesson::ham}) {
    CHECK(understood(lesson, set).outcome == Outcome::learned);
    CHECK(understood(lesson, nothing).outcome == Outcome::unchanged);
    CHECK(understood(lesson, removed).outcome == Outcome::unchanged);
  }
  CHECK(understood(Lesson::forget, removed).outcome == Outcome::forgotten);
  CHECK(understood(Lesson::forget, nothing).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::forget, set).outcome == Outcome::unchanged);
  CHECK(understood(Lesson::spam, refused).outcome == Outcome::refused);
  CHECK(understood(Lesson::forget, refused).reason == "69 Service Unavailable: no");
}
