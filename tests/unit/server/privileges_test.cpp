#include "server/privileges.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace xspamd;

namespace {

// Every test that drops does so in a process of its own; 0 is what it wants to see.
template <class Function>
int in_child(Function function) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(function());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace

TEST_CASE("privileges: another user than root keeps its identity, whatever is configured") {
  CHECK(in_child([] {
          if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return 1;
          conf::Server server;
          server.user = "no-such-user";
          const auto identity = find_identity(server);
          if (!identity || identity->change) return 2;
          if (!drop_to(*identity)) return 3;
          return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 4;
        }) == 0);
}

TEST_CASE("privileges: the file limit becomes the hard one") {
  CHECK(in_child([] {
          rlimit limit{};
          ::getrlimit(RLIMIT_NOFILE, &limit);
          limit.rlim_cur = 64;
          ::setrlimit(RLIMIT_NOFILE, &limit);
          raise_file_limit();
          ::getrlimit(RLIMIT_NOFILE, &limit);
          return limit.rlim_cur == limit.rlim_max ? 0 : 1;
        }) == 0);
}

TEST_CASE("privileges: root needs a user that exists, and is told how to create it") {
  if (::geteuid() != 0) return;
  conf::Server server;
  server.user = "xspamd-none";
  const auto missing = find_identity(server);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().sentence ==
        "server.user: there is no user \"xspamd-none\"; create it with: adduser --system --group "
        "--no-create-home --home /var/lib/xspamd xspamd-none");
  server.user = "nobody";
  server.group = "xspamd-none";
  const auto no_group = find_identity(server);
  REQUIRE_FALSE(no_group);
  CHECK(no_group.error().sentence ==
        "server.group: there is no group \"xspamd-none\"; create it with: addgroup --system xspamd-none");
}

TEST_CASE("privileges: the user root is allowed with a warning") {
  if (::geteuid() != 0) return;
  conf::Server server;
  server.user = "root";
  const auto identity = find_identity(server);
  REQUIRE(identity);
  CHECK_FALSE(identity->change);
  CHECK(identity->warning ==
        "server.user is \"root\": the server keeps root's rights while it reads mail from strangers");
}

TEST_CASE("privileges: what was dropped cannot be regained") {
  if (::geteuid() != 0) return;
  CHECK(in_child([] {
          conf::Server server;
          server.user = "nobody";
          server.group = "nogroup";
          const auto identity = find_identity(server);
          if (!identity || !identity->change) return 1;
          if (!drop_to(*identity)) return 2;
          if (::geteuid() != identity->uid || ::getegid() != identity->gid) return 3;
          if (::setuid(0) == 0 || ::setgid(0) == 0) return 4;
          gid_t groups[64];
          const int count = ::getgroups(64, groups);
          for (int i = 0; i < count; ++i) {
            if (groups[i] == 0) return 5;
          }
          return ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 6;
        }) == 0);
}
