#include "server/inherit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "server/unique_fd.h"

using namespace xspamd;

TEST_CASE("inherit: what is encoded is decoded, whatever stands in a path") {
  const std::string odd = "unix:/run/a;b=c,d%e f\n\xC3\xA9\x01@.sock";
  const Inherited handed{{{"127.0.0.1:11333", 7}, {"[::1]:11333", 8}, {odd, 9}}, 5, 6};
  const std::string text = encode_inherited(handed);
  CHECK(text ==
        "control=5;page=6;listen=7,127.0.0.1:11333;listen=8,[::1]:11333;"
        "listen=9,unix:/run/a%3Bb%3Dc%2Cd%25e%20f%0A%C3%A9%01%40.sock");
  const auto taken = decode_inherited(text);
  REQUIRE(taken);
  CHECK(taken->control == 5);
  CHECK(taken->page == 6);
  REQUIRE(taken->sockets.size() == 3);
  CHECK(taken->sockets[1].address == "[::1]:11333");
  CHECK(taken->sockets[1].fd == 8);
  CHECK_FALSE(taken->sockets[1].is_unix());
  CHECK(taken->sockets[2].address == odd);
  CHECK(taken->sockets[2].is_unix());
  CHECK(encode_inherited(*taken) == text);
}

TEST_CASE("inherit: text that the supervisor cannot have written is refused") {
  for (const std::string text : {"", "control", "control=", "control=-1", "control=5,x", "page=6x",
                                 "listen=7", "listen=,a", "listen=7,%4", "listen=7,%zz", "listen=7,a b",
                                 "other=1", "control=5;;page=6", "control=99999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_inherited(text));
  }
}

TEST_CASE("inherit: a process started by hand inherits nothing") {
  ::unsetenv(kInheritVariable);
  CHECK_FALSE(take_inherited().has_value());
}

TEST_CASE("inherit: taking removes the variable and keeps the descriptors from the next program") {
  const UniqueFd listening(::socket(AF_INET, SOCK_STREAM, 0));
  REQUIRE(::listen(listening.get(), 1) == 0);
  const UniqueFd control(::dup(listening.get()));
  ::setenv(kInheritVariable,
           encode_inherited({{{"127.0.0.1:1", listening.get()}}, control.get(), -1}).c_str(), 1);
  const auto taken = take_inherited();
  REQUIRE(taken.has_value());
  REQUIRE(taken->has_value());
  CHECK((**taken).sockets.at(0).fd == listening.get());
  CHECK(::getenv(kInheritVariable) == nullptr);
  CHECK((::fcntl(listening.get(), F_GETFD) & FD_CLOEXEC) != 0);
  CHECK((::fcntl(control.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("inherit: a descriptor that is not what it is said to be is refused") {
  const UniqueFd file(::open("/dev/null", O_RDONLY));
  const std::string number = std::to_string(file.get());
  ::setenv(kInheritVariable, ("listen=" + number + ",127.0.0.1:1").c_str(), 1);
  const auto taken = take_inherited();
  REQUIRE(taken.has_value());
  REQUIRE_FALSE(taken->has_value());
  CHECK(taken->error().sentence == "XSPAMD_INHERIT: descriptor " + number + " is no listening socket");
}
