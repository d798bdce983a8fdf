#include "server/inflight.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace xspamd;
using Ids = std::vector<std::string>;

TEST_CASE("inflight: what entered and did not leave is listed") {
  auto page = InFlight::create(4);
  REQUIRE(page);
  const std::size_t first = page->enter("1pABCD-000001-AA");
  const std::size_t second = page->enter("");
  CHECK(page->list() == Ids{"1pABCD-000001-AA", "-"});
  page->leave(first);
  CHECK(page->list() == Ids{"-"});
  page->leave(second);
  CHECK(page->list().empty());
}

TEST_CASE("inflight: a full page says so, and a slot that was left is used again") {
  auto page = InFlight::create(2);
  REQUIRE(page);
  const std::size_t first = page->enter("a");
  CHECK(page->enter("b") != InFlight::npos);
  CHECK(page->enter("c") == InFlight::npos);
  page->leave(InFlight::npos);
  page->leave(first);
  page->leave(first);  // a second time: no slot may be given out twice
  CHECK(page->enter("d") == first);
  CHECK(page->enter("e") == InFlight::npos);
  CHECK(page->list() == Ids{"d", "b"});
  page->clear();
  CHECK(page->list().empty());
  CHECK(page->enter("f") == 0);
}

TEST_CASE("inflight: an id is cut to its slot and listed fit for a log") {
  auto page = InFlight::create(2);
  REQUIRE(page);
  page->enter(std::string(100, 'x'));
  page->enter("evil\nid\xFF");
  CHECK(page->list() == Ids{std::string(62, 'x'), "evil?id?"});
}

TEST_CASE("inflight: what a process that died had in flight is seen by the other") {
  auto page = InFlight::create(3);
  REQUIRE(page);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto attached = InFlight::attach(::dup(page->fd()));
    if (!attached || attached->slots() != 3) ::_exit(1);
    attached->leave(attached->enter("answered"));
    attached->enter("lost");
    ::_exit(7);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(page->list() == Ids{"lost"});
}

TEST_CASE("inflight: garbage on the page is read without harm") {
  auto page = InFlight::create(2);
  REQUIRE(page);
  void* memory = ::mmap(nullptr, 128, PROT_READ | PROT_WRITE, MAP_SHARED, page->fd(), 0);
  REQUIRE(memory != MAP_FAILED);
  std::fill_n(static_cast<char*>(memory), 128, '\xFF');
  ::munmap(memory, 128);
  CHECK(page->list() == Ids{std::string(62, '?'), std::string(62, '?')});
  CHECK(::ftruncate(page->fd(), 0) != 0);  // sealed: the reader cannot be made to fault
}

TEST_CASE("inflight: a descriptor that is no page is refused") {
  CHECK_FALSE(InFlight::attach(-1));
  CHECK_FALSE(InFlight::attach(::open("/dev/null", O_RDWR | O_CLOEXEC)));
}
