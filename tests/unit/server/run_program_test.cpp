#include "server/run_program.h"

#include <catch2/catch.hpp>

using namespace xspamd;
using std::chrono::milliseconds;

TEST_CASE("run program: status and both outputs arrive") {
  const auto ran = run_program({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, milliseconds(10'000));
  REQUIRE(ran);
  CHECK(ran->status == 3);
  CHECK(ran->output == "out\nerr\n");
}

TEST_CASE("run program: no shell reads the words") {
  const auto ran = run_program({"/bin/echo", "$HOME; a  b"}, milliseconds(10'000));
  REQUIRE(ran);
  CHECK(ran->output == "$HOME; a  b\n");
}

TEST_CASE("run program: one that does not end is killed when the time is over") {
  const auto ran = run_program({"/bin/sleep", "60"}, milliseconds(50));
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Errc::limit);
}

TEST_CASE("run program: one that closes its output and goes on is killed too") {
  const auto ran = run_program({"/bin/sh", "-c", "exec >&- 2>&-; exec sleep 60"}, milliseconds(50));
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Errc::limit);
}

TEST_CASE("run program: endless output is read to its end and kept up to a bound") {
  const auto ran = run_program({"/usr/bin/head", "-c", "1000000", "/dev/zero"}, milliseconds(10'000));
  REQUIRE(ran);
  CHECK(ran->status == 0);
  CHECK(ran->output.size() == 65'536);
}

TEST_CASE("run program: what is not there is said") {
  const auto ran = run_program({"/no/such/program"}, milliseconds(10'000));
  REQUIRE_FALSE(ran);
  CHECK(ran.error().sentence.find("/no/such/program cannot be started") == 0);
}

TEST_CASE("run program: a program is found on the PATH, or not at all") {
  CHECK(find_program("sh").ends_with("/sh"));
  CHECK(find_program("no-such-program-here").empty());
}
