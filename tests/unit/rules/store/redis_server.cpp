#include "tests/unit/rules/store/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace xspamd::test {

namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

RespValue error_of(std::string text) {
  RespValue value;
  value.kind = RespValue::Kind::error;
  value.text = std::move(text);
  return value;
}

}  // namespace

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool RedisServer::is_installed() {
  static const bool is = ::access(kProgram, X_OK) == 0;
  if (!is) WARN("redis-server is not installed: the store in Redis is not tested");
  return is;
}

RedisServer::RedisServer(std::vector<std::string> options)
    : port_(free_port()), options_(std::move(options)) {}

RedisServer::~RedisServer() {
  stop();
}

void RedisServer::be_sentinel(const std::string& configuration) {
  sentinel_ = folder_ / "sentinel.conf";
  write_file(sentinel_, configuration);
}

std::vector<std::string> RedisServer::arguments() const {
  std::vector<std::string> all{kProgram};
  if (!sentinel_.empty()) all.push_back(sentinel_);
  const std::vector<std::string> ours{"--port", std::to_string(port_), "--bind",       "127.0.0.1", "--dir",
                                      folder(), "--logfile",           folder_ / "log"};
  all.insert(all.end(), ours.begin(), ours.end());
  if (!sentinel_.empty()) {
    all.push_back("--sentinel");
  } else {
    all.insert(all.end(), {"--save", "", "--appendonly", "no"});
  }
  all.insert(all.end(), options_.begin(), options_.end());
  return all;
}

void RedisServer::start() {
  const std::vector<std::string> all = arguments();
  std::vector<char*> words;
  for (const std::string& word : all)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2})
      ::dup2(null, fd);
    ::execv(kProgram, words.data());
    ::_exit(127);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (say({"PING"}).text != "PONG" && say({"PING"}).text.find("NOAUTH") != 0) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void RedisServer::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RedisServer::pause() {
  REQUIRE(::kill(pid_, SIGSTOP) == 0);
}

void RedisServer::go_on() {
  REQUIRE(::kill(pid_, SIGCONT) == 0);
}

RespValue RedisServer::say(const std::vector<std::string>& words) const {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in address = loopback(port_);
  RespValue answer = error_of("nobody answers");
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::vector<std::string_view> views(words.begin(), words.end());
    const std::string login = password_.empty() ? "" : resp_command({"AUTH", password_});
    const std::string bytes = login + resp_command(views);
    RespReader reader;
    std::size_t awaited = login.empty() ? 1 : 2;
    char piece[65'536];
    ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    while (awaited > 0 && size > 0 && (size = ::recv(fd, piece, sizeof piece, 0)) > 0) {
      if (!reader.feed({piece, static_cast<std::size_t>(size)})) break;
      for (auto reply = reader.next(); awaited > 0 && reply && *reply; --awaited) {
        answer = std::move(**reply);
        if (awaited > 1) reply = reader.next();
      }
    }
  }
  ::close(fd);
  return answer;
}

}  // namespace xspamd::test
