// A redis-server of one test: on a free loopback port, in a folder of its own, ended by its pid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/io/resp.h"
#include "tests/unit/server/temp_folder.h"

namespace xspamd::test {

int free_port();

class RedisServer {
 public:
  // Whether Debian's redis-server is there; warns once where it is not.
  static bool is_installed();

  explicit RedisServer(std::vector<std::string> options = {});
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer();

  void start();  // on the same port, and waits until it answers
  void stop();   // as by SIGKILL
  void pause();  // SIGSTOP
  void go_on();  // SIGCONT
  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& rest = "") const { return "redis://" + host() + rest; }
  std::string folder() const { return folder_.path(); }

  // One command on a connection of its own; an error where nobody answers.
  RespValue say(const std::vector<std::string>& words) const;
  // A sentinel's configuration file; empty: a server.
  void be_sentinel(const std::string& configuration);
  void log_in_with(const std::string& password) { password_ = password; }

 private:
  std::vector<std::string> arguments() const;

  TempFolder folder_;
  const int port_;
  const std::vector<std::string> options_;
  std::string sentinel_;
  std::string password_;
  int pid_ = 0;
};

}  // namespace xspamd::test
