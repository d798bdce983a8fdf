// xspamd_load: sends messages to a server that speaks SPAMC or RSPAMC, one connection a message as Exim does,
// a fixed number of connections at a time, from one epoll thread. Exit status 1 when a message got no
// verdict.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/options.h"
#include "tests/bench/report.h"

namespace xspamd::bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int descriptor = -1;
  std::size_t message = 0;
  std::size_t sent = 0;
  std::string reply;
  Clock::time_point began;
};

struct Message {
  std::string request;  // head and body, as they are sent
  std::size_t size = 0;
};

// The head that Exim 4.96 sends, from a documentation network. Each message has a sender of its own.
std::string request_of(Protocol protocol, std::size_t number, const std::string& body) {
  if (protocol == Protocol::spamc) {
    return fmt::format("REPORT SPAMC/1.2\r\nUser: nobody\r\nContent-length: {}\r\n\r\n{}", body.size(), body);
  }
  return fmt::format(
      "CHECK RSPAMC/1.3\r\nContent-length: {}\r\nQueue-Id: 1abcde-{:06}-AA\r\nFrom: "
      "<sender{}@example.com>\r\n"
      "Recipient-Number: 1\r\nRcpt: <recipient@example.org>\r\nHelo: mail.example.com\r\n"
      "Hostname: mail.example.com\r\nIP: 192.0.2.{}\r\n\r\n{}",
      body.size(), number, number, number % 254 + 1, body);
}

std::vector<Message> read_messages(const Options& options) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const std::string& path : options.paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Message> messages;
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string body{std::istreambuf_iterator<char>(stream), {}};
    messages.push_back({request_of(options.protocol, messages.size(), body), body.size()});
  }
  // Mixed, so that a part of them is like the whole; always in the same way.
  std::shuffle(messages.begin(), messages.end(), std::mt19937(1));
  return messages;
}

class Load {
 public:
  Load(const Options& options, std::vector<Message> messages)
      : options_(options),
        messages_(std::move(messages)),
        poll_(epoll_create1(EPOLL_CLOEXEC)),
        connections_(std::min(options.connections, options.messages)) {}
  ~Load() { ::close(poll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  Report run() {
    const auto until = Clock::now() + options_.limit;
    for (Connection& connection : connections_)
      start(connection);
    std::vector<epoll_event> events(connections_.size());
    while (report_.done() < options_.messages && Clock::now() < until) {
      const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 1000);
      for (int i = 0; i < count; ++i)
        serve(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    // What the limit cut off had no reply.
    for (Connection& connection : connections_) {
      if (connection.descriptor >= 0) finish(connection);
    }
    return std::move(report_);
  }

 private:
  const std::string& request(const Connection& connection) const {
    return messages_[connection.message].request;
  }

  void start(Connection& connection) {
    connection = Connection{};
    connection.message = started_++ % messages_.size();
    connection.began = Clock::now();
    connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(connection.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* address = reinterpret_cast<const sockaddr*>(&options_.server);
    if (::connect(connection.descriptor, address, sizeof options_.server) != 0 && errno != EINPROGRESS) {
      fmt::print(stderr, "connect: error {}\n", errno);
    }
    watch(connection, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
  }

  void watch(Connection& connection, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &connection;
    epoll_ctl(poll_, operation, connection.descriptor, &event);
  }

  void serve(Connection& connection) {
    if (connection.sent < request(connection).size()) send(connection);
    if (!receive(connection)) return;
    finish(connection);
    if (started_ < options_.messages) start(connection);
  }

  void send(Connection& connection) {
    const std::string& bytes = request(connection);
    while (connection.sent < bytes.size()) {
      const ssize_t count = ::send(connection.descriptor, bytes.data() + connection.sent,
                                   bytes.size() - connection.sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      connection.sent += static_cast<std::size_t>(count);
    }
    watch(connection, EPOLL_CTL_MOD, EPOLLIN);
    // Exim and spamc half-close in SPAMC; in RSPAMC only Exim 4.86 and 4.87 do.
    if (options_.protocol != Protocol::rspamc) ::shutdown(connection.descriptor, SHUT_WR);
  }

  // True when the connection has ended.
  bool receive(Connection& connection) {
    for (;;) {
      const ssize_t count = ::recv(connection.descriptor, buffer_.data(), buffer_.size(), 0);
      if (count > 0) {
        connection.reply.append(buffer_.data(), static_cast<std::size_t>(count));
      } else {
        return count == 0 || (errno != EAGAIN && errno != ENOTCONN && errno != EINTR);
      }
    }
  }

  void finish(Connection& connection) {
    ::close(connection.descriptor);
    connection.descriptor = -1;
    report_.add(options_.protocol, connection.reply, messages_[connection.message].size,
                Clock::now() - connection.began);
  }

  const Options& options_;
  const std::vector<Message> messages_;
  const int poll_;
  std::vector<Connection> connections_;
  std::size_t started_ = 0;
  std::array<char, 65536> buffer_{};
  Report report_;
};

Report::Time cpu_of_this_process() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return Report::Time(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

}  // namespace xspamd::bench

int main(int argc, char** argv) {
  using namespace xspamd::bench;
  const auto options = parse_options(argc, argv);
  if (!options) {
    fmt::print(stderr, "{}", kUsage);
    return 64;
  }
  std::vector<Message> messages = read_messages(*options);
  if (messages.empty()) {
    fmt::print(stderr, "no messages\n");
    return 64;
  }
  Load load(*options, std::move(messages));
  const auto cpu_before = cpu_of_this_process();
  const auto began = Clock::now();
  Report report = load.run();
  const Report::Time wall = Clock::now() - began;
  fmt::print("{}", report.text(wall, cpu_of_this_process() - cpu_before));
  return report.errors() == 0 && report.done() == options->messages ? 0 : 1;
}
