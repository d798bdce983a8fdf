// RedisConnection: one connection to a Redis server, from its opening to its end; what is sent is answered in
// order, however many wait. It ends when the server closes it, answers nonsense, or is silent for `patience`
// while an answer is due; what has no answer then is handed back, and may have been done or not. Never opened
// twice. Loop thread only; drain() alone blocks.
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/redis_url.h"
#include "rules/io/resp.h"
#include "rules/io/task.h"

namespace xspamd {

// A command under way; `done` is called once.
struct RedisRequest {
  std::string bytes;
  std::uint16_t slot = 0;
  Deadline deadline;       // until which it is tried again where a cluster is changing
  int tries = 0;           // beyond the first
  bool is_pinned = false;  // to the server it was sent to
  std::function<void(Result<RespValue>)> done;
  std::function<void(RedisRequest&)> renew;  // called before it is sent again, if there is any
};
using RedisRequestPtr = std::shared_ptr<RedisRequest>;

class RedisConnection : public std::enable_shared_from_this<RedisConnection> {
 public:
  // What is said first, all at once; an error in answer ends the connection unless it may fail.
  struct Greeting {
    std::string bytes;
    bool may_fail = false;
  };
  struct Target {
    conf::Address address;
    std::vector<Greeting> greetings;
    std::chrono::milliseconds patience{3'000};
  };
  // None is called before the function returns that the owner called, except by close(), tick() and drain().
  struct Events {
    std::function<void(std::vector<RespValue> greeted)> opened;
    std::function<void(RedisRequestPtr request, RespValue reply)> answered;
    std::function<void(std::string why, std::deque<RedisRequestPtr> unanswered)> closed;  // the last
  };

  RedisConnection(const asio::any_io_executor& loop, Target target, Events events);
  void start();

  bool is_open() const { return state_ == State::open; }
  bool is_full() const;
  bool is_waiting() const { return state_ == State::opening || !sent_.empty(); }
  void send(RedisRequestPtr request);  // while it is open
  void tick();                         // to be called several times a second while it is waiting
  void close(std::string why);
  void abandon();  // closes it and tells nobody
  // Waits for all answers, and blocks.
  void drain(Deadline deadline);

 private:
  enum class State { opening, open, closed };
  using Endpoint = asio::generic::stream_protocol::endpoint;
  struct Sent {
    RedisRequestPtr request;  // null: a greeting
    Clock::time_point at;     // when writing it began
  };

  void resolve();
  void connect_next(std::string why);
  void greet();
  void on_greeted(RespValue reply);
  void wait_readable();
  void wait_writable();
  void write_soon();
  void read();
  void write();
  bool deliver();
  std::string failed(std::string_view what, const asio::error_code& error) const;

  const asio::any_io_executor loop_;
  const Target target_;
  Events events_;
  State state_ = State::opening;
  std::vector<Endpoint> endpoints_;  // yet to be tried, the next one last
  std::optional<asio::ip::tcp::resolver> resolver_;
  asio::generic::stream_protocol::socket socket_;
  RespReader reader_;
  std::vector<RespValue> greeted_;
  std::deque<Sent> sent_;
  std::string out_;
  std::size_t written_ = 0;  // of out_
  bool write_is_posted_ = false;
  bool waits_writable_ = false;
  Clock::time_point heard_ = Clock::now();
  bool is_late_ = false;  // at the last tick
};
using RedisConnectionPtr = std::shared_ptr<RedisConnection>;

}  // namespace xspamd
