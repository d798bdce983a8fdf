#include "server/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "server/pid_file.h"
#include "server/unique_fd.h"
#include "tests/unit/server/notice_socket.h"
#include "tests/unit/server/temp_folder.h"

using namespace xspamd;

namespace {

// What every server of these tests can say and do; $1 is the folder of the test.
constexpr const char* kPrelude = R"sh(#!/bin/bash
entry() { tr ';' '\n' <<<"$XSPAMD_INHERIT" | sed -n "s/^$1=//p"; }
say() { printf "$1" >&"$(entry control)"; }
serve() { sleep 60 & trap "kill $!; say D; exit 0" TERM; say R; wait; }
echo run >>"$1/runs"
run=$(wc -l <"$1/runs")
)sh";

// supervise() in a process of its own, with a shell script as the server.
class Running {
 public:
  Running(const test::TempFolder& folder, const std::string& script, std::chrono::milliseconds grace = {}) {
    const std::string program = folder / "server";
    test::write_file(program, kPrelude + script);
    REQUIRE(::chmod(program.c_str(), 0755) == 0);
    conf::Server server;
    server.listen = {"127.0.0.1:0", "unix:" + folder / "x.sock"};
    server.listen_is_default = false;
    std::vector<std::string> notes;
    auto sockets = open_sockets(server, notes);
    REQUIRE(sockets);
    SupervisorOptions options;
    options.argv = {program, folder.path(), "two words", ""};
    options.sockets = *sockets;
    options.inflight_slots = 8;
    options.grace = grace;
    options.pid_file = folder / "pid";
    options.program = program;
    options.log = [log = folder / "log"](int level, const std::string& line) {
      std::ofstream(log, std::ios::app) << level << ' ' << line << '\n';
    };
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) ::_exit(supervise(options));
    close_sockets(*sockets);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (pid_ > 0) wait_for_end();
  }

  void send(int signal) const { ::kill(pid_, signal); }
  pid_t pid() const { return pid_; }
  // Its exit status; asks it to end if nobody has.
  int end() {
    send(SIGTERM);
    return wait_for_end();
  }
  int wait_for_end() {
    int status = 0;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("supervisor: a ready server is told to the manager, and SIGTERM ends both cleanly") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  Running running(folder, "printf '%s|' \"$@\" >$1/arguments; env >$1/environment; serve");
  const std::string pid = std::to_string(running.pid());
  CHECK(manager.next() == "READY=1\nMAINPID=" + pid + "\nSTATUS=ready");
  CHECK(test::read_file(folder / "pid") == pid + "\n");
  CHECK(std::filesystem::is_socket(folder / "x.sock"));
  CHECK(running.end() == 0);
  CHECK(manager.next() == "STOPPING=1\nSTATUS=draining");
  CHECK_FALSE(std::filesystem::exists(folder / "x.sock"));
  CHECK_FALSE(std::filesystem::exists(folder / "pid"));
  CHECK(test::read_file(folder / "arguments") == folder.path() + "|two words||");
  CHECK(test::read_file(folder / "environment").find("NOTIFY_SOCKET") == std::string::npos);
  CHECK(test::read_file(folder / "log").empty());
}

TEST_CASE("supervisor: a crash is told with what was in flight, and the server is started again") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  Running running(folder, R"sh(
    if [ $run -gt 1 ]; then serve; exit; fi
    put() { dd of=/proc/$$/fd/$(entry page) conv=notrunc bs=1 seek=$1 status=none; }
    printf '1pAbCd-0001' | put 0; printf '\013' | put 63
    say R; kill -SEGV $$)sh");
  CHECK(manager.next().starts_with("READY=1\n"));
  CHECK(manager.next().starts_with("STATUS=starting the server again after SIGSEGV"));
  CHECK(manager.next() == "STATUS=ready again");
  CHECK(running.end() == 0);
  const std::string log = test::read_file(folder / "log");
  CAPTURE(log);
  CHECK(log.starts_with("3 the server (pid "));
  CHECK(log.find("ended with SIGSEGV") != std::string::npos);
  CHECK(log.ends_with("; in flight: \"1pAbCd-0001\"; starting it again\n"));
}

TEST_CASE("supervisor: a server that keeps dying is started ever more slowly") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  Running running(folder, "[ $run -gt 3 ] && serve; say R; exit 3");
  for (std::string notice; notice.find("status 3") == std::string::npos;)
    notice = manager.next();
  for (int ready = 0; ready < 3;)
    ready += manager.next() == "STATUS=ready again" ? 1 : 0;
  CHECK(running.end() == 0);
  const std::string log = test::read_file(folder / "log");
  CAPTURE(log);
  CHECK(log.find("; starting it again\n") != std::string::npos);
  CHECK(log.find("; starting it again in 50 ms\n") != std::string::npos);
  CHECK(log.find("; starting it again in 100 ms\n") != std::string::npos);
}

TEST_CASE("supervisor: a first server that was never ready ends the program with its status") {
  const test::TempFolder folder;
  CHECK(Running(folder, "exit 78").wait_for_end() == 78);
  CHECK(Running(folder, "kill -ABRT $$").wait_for_end() == 128 + SIGABRT);
  CHECK(test::read_file(folder / "runs") == "run\nrun\n");
  CHECK_FALSE(std::filesystem::exists(folder / "x.sock"));
  CHECK_FALSE(std::filesystem::exists(folder / "pid"));
}

TEST_CASE("supervisor: SIGHUP reaches the server, but not before it is ready") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  REQUIRE(::mkfifo((folder / "go").c_str(), 0600) == 0);
  REQUIRE(::mkfifo((folder / "told").c_str(), 0600) == 0);
  Running running(folder, "read <$1/go; trap \"echo reload >$1/told\" HUP; serve; wait; sleep 60 & wait");
  std::ofstream go(folder / "go");  // opens when the server reads it: it runs and is not ready
  running.send(SIGHUP);
  go << "go" << std::endl;
  CHECK(test::read_file(folder / "told") == "reload\n");
  CHECK(manager.next().starts_with("READY=1\n"));
  CHECK(running.end() == 0);
}

TEST_CASE("supervisor: a server that does not stop is killed after its grace") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  Running running(folder, "trap '' TERM; say R; exec sleep 60");
  CHECK(manager.next().starts_with("READY=1\n"));
  CHECK(running.end() == 0);
  const std::string log = test::read_file(folder / "log");
  CAPTURE(log);
  CHECK(log.find("is still there 2.0 s after it was told to stop: killed\n") != std::string::npos);
}

TEST_CASE("supervisor: the server starts with a clean slate") {
  const test::TempFolder folder;
  const test::NoticeSocket manager(folder / "notify");
  const UniqueFd leaking(::open("/dev/null", O_RDONLY));  // without close-on-exec
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto ignored = ::signal(SIGHUP, SIG_IGN);
  Running running(folder,
                  "grep -E 'Sig(Blk|Ign)' /proc/self/status >$1/signals; ls /proc/$$/fd >$1/fds; serve");
  ::signal(SIGHUP, ignored);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  CHECK(manager.next().starts_with("READY=1\n"));
  CHECK(running.end() == 0);
  CHECK(test::read_file(folder / "signals") == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  const std::string fds = "\n" + test::read_file(folder / "fds");
  CAPTURE(fds);
  CHECK(fds.find("\n" + std::to_string(leaking.get()) + "\n") == std::string::npos);
  CHECK(std::count(fds.begin(), fds.end(), '\n') ==
        1 + 3 + 4 + 1);  // control, page, two sockets; bash's script
}

TEST_CASE("supervisor: a program that cannot be run is said and ends with 1") {
  SupervisorOptions options;
  options.argv = {"xspamd"};
  options.program = "/nonexistent/xspamd";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(STDERR_FILENO);
    ::_exit(supervise(options));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("supervisor: telling a supervisor that is gone does no harm") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const UniqueFd ours(ends[0]);
  tell_supervisor(ours.get(), 'R');
  char byte = 0;
  CHECK(::read(ends[1], &byte, 1) == 1);
  CHECK(byte == 'R');
  ::close(ends[1]);
  tell_supervisor(ours.get(), 'D');
  tell_supervisor(-1, 'D');
}

TEST_CASE("pid file: it replaces an old one, and only our own is removed") {
  const test::TempFolder folder;
  const std::string path = folder / "pid";
  test::write_file(path, "a much longer line of an earlier run\n");
  REQUIRE(write_pid_file(path));
  CHECK(test::read_file(path) == std::to_string(::getpid()) + "\n");
  remove_pid_file(path);
  CHECK_FALSE(std::filesystem::exists(path));
  test::write_file(path, "1\n");
  remove_pid_file(path);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("pid file: a link or a missing folder is refused in words") {
  const test::TempFolder folder;
  std::filesystem::create_symlink(folder / "target", folder / "pid");
  CHECK_FALSE(write_pid_file(folder / "pid"));
  CHECK_FALSE(std::filesystem::exists(folder / "target"));
  const auto refused = write_pid_file(folder / "none/pid");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sentence ==
        "server.pid_file: \"" + folder / "none/pid" + "\" cannot be written: No such file or directory");
  CHECK(write_pid_file(""));
}
