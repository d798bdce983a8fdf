// RedisNodes: the servers of a store: one, the master that sentinels name, or the masters of a cluster. Keeps
// a connection to each, opens it again after 0, 0.1, 0.2 ... 5 s, sends each command where its slot lies, and
// follows a cluster that changes. Loop thread only; ends with stop().
#pragma once

#include <array>
#include <map>
#include <memory>

#include "rules/store/redis_keys.h"
#include "rules/store/redis_sentinels.h"
#include "rules/store/redis_topology.h"

namespace xspamd {

class RedisNodes : public std::enable_shared_from_this<RedisNodes> {
 public:
  struct Settings {
    conf::RedisUrl url;
    std::chrono::milliseconds patience;  // with a server that is silent
    std::chrono::milliseconds first_retry;
    std::chrono::milliseconds last_retry;
    std::function<void()> on_change;  // a server can be used, or no longer
  };

  RedisNodes(const asio::any_io_executor& loop, Settings settings);
  void start();
  void stop();

  // `done` is called once, maybe before this returns.
  void submit(const RedisRequestPtr& request);
  void submit_to(const std::string& server, const RedisRequestPtr& request);
  // Whether a command to the slot would be sent at once.
  bool can_take(std::uint16_t slot) const;
  // Whether nobody knows yet which servers there are.
  bool is_looking() const { return is_cluster() && !knows_slots_ && trouble().empty(); }
  // Those that hold slots, or why not all of them can be asked.
  Result<std::vector<std::string>> servers() const;

  void tick();  // several times a second while it is busy
  bool is_busy() const;
  void drain(Deadline deadline);  // blocks until everything sent is answered
  std::string trouble() const;    // empty: none

 private:
  struct Node {
    enum class State { opening, open, down };
    conf::Address address;
    State state = State::opening;
    RedisConnectionPtr connection;
    std::string why;
    Clock::time_point retry_at{};
    std::chrono::milliseconds back_off{};
    std::vector<RedisRequestPtr> held;  // until it is first open or down
    std::size_t slots = 0;
  };
  using NodePtr = std::shared_ptr<Node>;
  using Kind = conf::RedisUrl::Kind;

  bool is_cluster() const { return settings_.url.kind == Kind::cluster; }
  NodePtr node_at(const conf::Address& address);
  void open(const NodePtr& node);
  void connect(const NodePtr& node);
  void on_opened(const NodePtr& node, const std::vector<RespValue>& greeted);
  void on_down(const NodePtr& node, const std::string& why, std::deque<RedisRequestPtr> unanswered);
  void on_answer(const NodePtr& node, const RedisRequestPtr& request, RespValue reply);
  bool redirect(const NodePtr& node, const RedisRequestPtr& request, const RespValue& reply);
  void send(const NodePtr& node, const RedisRequestPtr& request);
  void send_plain(const NodePtr& node, std::string bytes);
  void again_later(const RedisRequestPtr& request);
  void submit_held(std::vector<RedisRequestPtr> held);

  // Of a cluster.
  void refresh();
  void apply(const std::vector<RedisRange>& ranges);
  void drop_unused();
  std::size_t servers_in_use() const;

  const asio::any_io_executor loop_;
  const Settings settings_;
  RedisSentinels sentinels_;
  std::map<std::string, NodePtr> nodes_;  // by shown address; of one server or sentinels: one
  NodePtr single_;                        // where there is no cluster
  bool stopped_ = false;

  std::vector<NodePtr> slots_;  // of a cluster, all; null: no server has it
  std::size_t uncovered_ = 0;
  bool knows_slots_ = false;
  bool refresh_wanted_ = false;
  bool refresh_under_way_ = false;
  Clock::time_point refresh_at_{};
  std::size_t refresh_turn_ = 0;
  std::vector<RedisRequestPtr> held_;  // until the slots are known
  std::vector<std::pair<Clock::time_point, RedisRequestPtr>> delayed_;
};

}  // namespace xspamd
