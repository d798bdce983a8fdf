// What a RedisStore consists of: the writes that wait, the servers, who waits for an answer. Loop thread
// only.
#pragma once

#include <asio/steady_timer.hpp>
#include <list>
#include <span>

#include "rules/io/event.h"
#include "rules/store/redis.h"
#include "rules/store/redis_backlog.h"
#include "rules/store/redis_format.h"
#include "rules/store/redis_nodes.h"

namespace xspamd {

class RedisCore : public std::enable_shared_from_this<RedisCore> {
 public:
  using Replies = std::vector<RespValue>;

  RedisCore(const asio::any_io_executor& loop, RedisStore::Settings settings);
  void start();
  void stop();  // sends what is left

  // To change it; accepted() afterwards.
  RedisBacklog& backlog() { return backlog_; }
  void accepted();
  // Sends the writes that wait, then these; their answers in their order.
  Task<Result<Replies>> ask(std::vector<RedisCommand> commands, Deadline deadline);
  // One command for one of servers().
  Task<Result<RespValue>> ask_server(std::string server, std::string command, Deadline deadline);
  // Once they are known.
  Task<Result<std::vector<std::string>>> servers(Deadline deadline);
  // Ends when everything accepted so far is confirmed.
  Task<Result<void>> written(Deadline deadline);

  const RedisKeys& keys() const { return keys_; }
  WallTime now() const { return settings_.now ? settings_.now() : std::chrono::system_clock::now(); }
  // As scripts want the time: empty where the server's own holds.
  std::string seconds_for_script() const;
  std::string microseconds_for_script() const;
  std::string trouble() const;

 private:
  struct Call {
    explicit Call(const asio::any_io_executor& loop) : event(loop) {}
    Event event;
    Replies replies;
    std::size_t missing = 0;
    std::optional<Error> failed;
  };
  using CallPtr = std::shared_ptr<Call>;

  CallPtr begin(std::span<const RedisCommand> commands, const std::string* server, Deadline deadline);
  static Task<Result<Replies>> end(CallPtr call, Deadline deadline);
  void write();
  void send(const RedisBatchPtr& batch);
  std::string write_command(const RedisBatch& batch) const;
  void on_written(const RedisBatchPtr& batch, const Result<RespValue>& reply);
  void on_refused(const RespValue& reply);
  void on_change();
  void wake_waiters();
  struct Waiting;
  std::string refusal() const;
  void arm();
  void tick();

  const asio::any_io_executor loop_;
  const RedisStore::Settings settings_;
  const RedisKeys keys_;
  const std::string client_;  // of this process, by which scripts know its writes
  std::shared_ptr<RedisNodes> nodes_;
  RedisBacklog backlog_;
  Clock::time_point write_at_ = Clock::time_point::max();
  bool stopped_ = false;

  std::string writes_fail_;  // why the server refuses them, while it does
  Clock::time_point retry_at_{};
  std::chrono::milliseconds back_off_;
  std::list<Event*> waiters_;  // for written()

  asio::steady_timer timer_;
  bool timer_is_armed_ = false;
};

}  // namespace xspamd
