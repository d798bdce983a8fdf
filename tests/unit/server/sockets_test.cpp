#include "server/sockets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "server/port_owner.h"
#include "server/unique_fd.h"
#include "tests/unit/server/temp_folder.h"

using namespace xspamd;

namespace {

// The sockets of one test, closed and removed at its end.
struct Opened {
  explicit Opened(const conf::Server& server) : result(open_sockets(server, notes)) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (!result) return;
    remove_unix_sockets(*result);
    close_sockets(*result);
  }
  std::string error() const { return result ? "" : result.error().sentence; }

  std::vector<std::string> notes;
  Result<std::vector<ListenSocket>> result;
};

conf::Server listening_on(std::vector<std::string> addresses) {
  conf::Server server;
  server.listen = std::move(addresses);
  server.listen_is_default = false;
  return server;
}

bool has_ipv6() {
  Opened probe(listening_on({"[::1]:0"}));
  return probe.result.has_value();
}

int unix_socket(const std::string& path, bool with_listener) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  if (with_listener) REQUIRE(::listen(fd, 1) == 0);
  return fd;
}

std::string this_process() {
  return process_name(::getpid());
}

}  // namespace

TEST_CASE("sockets: an IPv4 address is opened, listening, and kept from other programs") {
  Opened opened(listening_on({"127.0.0.1:0"}));
  REQUIRE(opened.result);
  const ListenSocket& socket = opened.result->at(0);
  CHECK(socket.address.starts_with("127.0.0.1:"));
  CHECK_FALSE(socket.address.ends_with(":0"));
  CHECK_FALSE(socket.is_unix());
  CHECK((::fcntl(socket.fd, F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(socket.fd, F_GETFL) & O_NONBLOCK) != 0);
  int accepts = 0;
  socklen_t length = sizeof accepts;
  ::getsockopt(socket.fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length);
  CHECK(accepts == 1);
}

TEST_CASE("sockets: IPv4 and IPv6 share a port number") {
  if (!has_ipv6()) return;
  Opened six(listening_on({"[::]:0"}));
  REQUIRE(six.result);
  const std::string port = six.result->at(0).address.substr(5);
  Opened four(listening_on({"127.0.0.1:" + port}));
  CHECK(four.error().empty());
}

TEST_CASE("sockets: localhost is both loopback addresses") {
  Opened opened(listening_on({"localhost:0"}));
  REQUIRE(opened.result);
  CHECK(opened.result->at(0).address.starts_with("127.0.0.1:"));
  CHECK(opened.result->size() + opened.notes.size() == 2);
}

TEST_CASE("sockets: who has a taken address is named") {
  Opened first(listening_on({"127.0.0.1:0"}));
  REQUIRE(first.result);
  const std::string address = first.result->at(0).address;
  Opened second(listening_on({address}));
  CHECK(second.error() == "server.listen: " + address + " is taken by " + this_process());

  conf::Server by_default = listening_on({address});
  by_default.listen_is_default = true;
  CHECK(Opened(by_default).error() == second.error());
  const std::string port = address.substr(address.find(':') + 1);
  CHECK(Opened(listening_on({"0.0.0.0:" + port})).error() ==
        "server.listen: 0.0.0.0:" + port + " is taken by " + this_process());
}

TEST_CASE("sockets: the owner of a port that nobody has is another process") {
  CHECK(tcp_port_owner(*IpAddress::parse("127.0.0.1"), 0) == "another process");
}

TEST_CASE("sockets: only a default address that the machine lacks is left out") {
  conf::Server server = listening_on({"127.0.0.1:0", "192.0.2.1:11333"});
  CHECK(Opened(server).error() ==
        "server.listen: 192.0.2.1:11333 cannot be bound: this machine has no such address");
  server.listen_is_default = true;
  Opened opened(server);
  REQUIRE(opened.result);
  CHECK(opened.result->size() == 1);
  CHECK(opened.notes ==
        std::vector<std::string>{"not listening on 192.0.2.1:11333: this machine has no such address"});
  server.listen = {"192.0.2.1:11333"};
  CHECK(Opened(server).error() == "server.listen: there is no address left to listen on");
}

TEST_CASE("sockets: what is no address is refused with the right forms") {
  for (const std::string text :
       {"", "11333", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:11333",
        "[127.0.0.1]:1", "[::1:1", "*:11333", "mail.example.org:783", "127.0.0.1:1 "}) {
    CAPTURE(text);
    CHECK(Opened(listening_on({text})).error() ==
          fmt::format("server.listen: \"{}\" is no address to listen on; write \"127.0.0.1:11333\", "
                      "\"[::1]:11333\", \"tls:127.0.0.1:783\", \"localhost:11333\" or \"unix:/path\"",
                      text));
  }
}

TEST_CASE("sockets: a unix socket has the mode of the configuration and goes with remove_unix_sockets") {
  const test::TempFolder folder;
  const std::string path = folder / "x.sock";
  conf::Server server = listening_on({"unix:" + path});
  server.socket_mode = 0660;
  Opened opened(server);
  REQUIRE(opened.result);
  CHECK(opened.result->at(0).is_unix());
  CHECK(opened.result->at(0).address == "unix:" + path);
  struct stat found;
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 07777) == 0660);
  remove_unix_sockets(*opened.result);
  CHECK(::lstat(path.c_str(), &found) != 0);
}

TEST_CASE("sockets: a stale unix socket is replaced") {
  const test::TempFolder folder;
  const std::string path = folder / "x.sock";
  ::close(unix_socket(path, true));
  Opened opened(listening_on({"unix:" + path}));
  CHECK(opened.error().empty());
}

TEST_CASE("sockets: a unix socket that answers is taken and stays") {
  const test::TempFolder folder;
  const std::string path = folder / "x.sock";
  const UniqueFd other(unix_socket(path, true));
  CHECK(Opened(listening_on({"unix:" + path})).error() ==
        "server.listen: unix:" + path + " is taken by " + this_process());
  CHECK(std::filesystem::is_socket(path));
}

TEST_CASE("sockets: a file that is no socket is left alone") {
  const test::TempFolder folder;
  const std::string path = folder / "notes.txt";
  test::write_file(path, "precious");
  CHECK(Opened(listening_on({"unix:" + path})).error() ==
        "server.listen: unix:" + path + " cannot be bound: a file that is no socket is there");
  CHECK(test::read_file(path) == "precious");
}

TEST_CASE("sockets: a unix path or group that cannot be is refused in words") {
  const test::TempFolder folder;
  CHECK(Opened(listening_on({"unix:relative"})).error() ==
        "server.listen: \"unix:relative\" needs an absolute path, as in \"unix:/run/xspamd.sock\"");
  const std::string path = "unix:/" + std::string(107, 'x');
  CHECK(Opened(listening_on({path})).error() ==
        fmt::format("server.listen: the path of \"{}\" has 108 bytes; a socket's has at most 107", path));
  CHECK(Opened(listening_on({"unix:" + folder / "none/x.sock"})).error() ==
        "server.listen: unix:" + folder / "none/x.sock" + " cannot be bound: its folder does not exist");
  conf::Server server = listening_on({"unix:" + folder / "x.sock"});
  server.socket_group = "xspamd-none";
  CHECK(Opened(server).error() == "server.socket_group: there is no group \"xspamd-none\"");
}

TEST_CASE("sockets: a failure leaves nothing open and no file behind") {
  const test::TempFolder folder;
  const std::string path = folder / "x.sock";
  CHECK(Opened(listening_on({"unix:" + path, "nonsense"})).error() != "");
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(Opened(listening_on({"unix:" + path, "unix:" + path})).error() ==
        "server.listen: unix:" + path + " is listed twice");
}
