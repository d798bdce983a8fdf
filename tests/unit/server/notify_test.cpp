#include "server/notify.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/unit/server/notice_socket.h"
#include "tests/unit/server/temp_folder.h"

using namespace xspamd;

TEST_CASE("notify: a state arrives as one datagram at a path") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  CHECK(notify_manager("READY=1\nSTATUS=ready"));
  CHECK(manager.next() == "READY=1\nSTATUS=ready");
}

TEST_CASE("notify: an abstract socket is told by @") {
  const test::NoticeSocket manager("@xspamd-test-" + std::to_string(::getpid()));
  CHECK(notify_manager("STOPPING=1"));
  CHECK(manager.next() == "STOPPING=1");
}

TEST_CASE("notify: without a manager, or with one that is gone, nothing happens") {
  ::unsetenv("NOTIFY_SOCKET");
  CHECK_FALSE(notify_manager("READY=1"));
  for (const std::string name : {"", "/", "relative", "/nonexistent/socket"}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    CHECK_FALSE(notify_manager("READY=1"));
  }
  ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  CHECK_FALSE(notify_manager("READY=1"));
  ::unsetenv("NOTIFY_SOCKET");
}
