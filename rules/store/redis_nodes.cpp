#include "rules/store/redis_nodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/store/redis_greeting.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;

constexpr int kMostTries = 8;        // of one command, beyond the first
constexpr milliseconds kMoment{50};  // after which a changing cluster is asked again
constexpr std::size_t kMostHeld = 100'000;
constexpr milliseconds kSentinelPatience{1'000};

void end(const RedisRequestPtr& request, std::string why) {
  request->done(fail(Errc::unavailable, std::move(why)));
}

}  // namespace

RedisNodes::RedisNodes(const asio::any_io_executor& loop, Settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      sentinels_(loop, settings_.url, std::min<milliseconds>(settings_.patience, kSentinelPatience)) {}

void RedisNodes::start() {
  if (is_cluster()) {
    slots_.resize(RedisKeys::kSlots);
    refresh_wanted_ = true;
    for (const conf::Address& seed : settings_.url.hosts)
      node_at(seed);
    return;
  }
  single_ = std::make_shared<Node>();
  if (settings_.url.kind == Kind::server) single_->address = settings_.url.hosts[0];
  nodes_.emplace("", single_);
  open(single_);
}

void RedisNodes::stop() {
  stopped_ = true;
  std::vector<RedisRequestPtr> left = std::move(held_);
  for (auto& [at, request] : delayed_)
    left.push_back(std::move(request));
  delayed_.clear();
  for (auto& [name, node] : nodes_) {
    if (node->connection) node->connection->close("the store has ended");
    left.insert(left.end(), node->held.begin(), node->held.end());
    node->held.clear();
  }
  for (const RedisRequestPtr& request : left)
    end(request, "the store has ended");
  nodes_.clear();
  slots_.clear();
}

RedisNodes::NodePtr RedisNodes::node_at(const conf::Address& address) {
  NodePtr& node = nodes_[conf::shown(address)];
  if (node) return node;
  const NodePtr made = node = std::make_shared<Node>();
  made->address = address;
  open(made);
  return made;
}

void RedisNodes::open(const NodePtr& node) {
  if (settings_.url.kind != Kind::sentinel) return connect(node);
  node->retry_at = Clock::time_point::max();
  sentinels_.find([weak = weak_from_this(), node](Result<conf::Address> found) {
    const auto self = weak.lock();
    if (!self || self->stopped_) return;
    if (!found) return self->on_down(node, found.error().sentence, {});
    node->address = *found;
    self->connect(node);
  });
}

void RedisNodes::connect(const NodePtr& node) {
  node->retry_at = Clock::time_point::max();
  RedisConnection::Events events;
  const std::weak_ptr<RedisNodes> weak = weak_from_this();
  events.opened = [weak, node](const std::vector<RespValue>& greeted) {
    if (const auto self = weak.lock()) self->on_opened(node, greeted);
  };
  events.answered = [weak, node](const RedisRequestPtr& request, RespValue reply) {
    if (const auto self = weak.lock()) self->on_answer(node, request, std::move(reply));
  };
  events.closed = [weak, node](const std::string& why, std::deque<RedisRequestPtr> unanswered) {
    if (const auto self = weak.lock()) self->on_down(node, why, std::move(unanswered));
  };
  RedisConnection::Target target{node->address, redis_greetings(settings_.url), settings_.patience};
  node->connection = std::make_shared<RedisConnection>(loop_, std::move(target), std::move(events));
  node->connection->start();
}

void RedisNodes::on_opened(const NodePtr& node, const std::vector<RespValue>& greeted) {
  if (settings_.url.kind == Kind::sentinel && !is_redis_master(greeted.back())) {
    const RedisConnectionPtr connection = node->connection;
    return connection->close(fmt::format("{} is no master", conf::shown(node->address)));
  }
  node->state = Node::State::open;
  node->why.clear();
  if (is_cluster() && !knows_slots_) return refresh();
  settings_.on_change();  // the writes that wait go before what was held
  submit_held(std::exchange(node->held, {}));
}

void RedisNodes::on_down(const NodePtr& node, const std::string& why,
                         std::deque<RedisRequestPtr> unanswered) {
  const bool was_open = node->state == Node::State::open;
  node->state = Node::State::down;
  node->why = why;
  node->connection.reset();
  // Who has been open is tried again at once, and next after the first pause.
  const milliseconds pause = was_open ? milliseconds(0) : std::max(node->back_off, settings_.first_retry);
  node->retry_at = Clock::now() + pause;
  node->back_off = was_open ? settings_.first_retry : std::min(pause * 2, settings_.last_retry);
  refresh_wanted_ = refresh_wanted_ || is_cluster();
  for (const RedisRequestPtr& request : std::exchange(node->held, {}))
    end(request, why);
  for (const RedisRequestPtr& request : unanswered)
    end(request, why);
  const auto is_down = [](const auto& one) {
    return one.second->state == Node::State::down;
  };
  if (is_cluster() && !knows_slots_ && std::all_of(nodes_.begin(), nodes_.end(), is_down))
    for (const RedisRequestPtr& request : std::exchange(held_, {}))
      end(request, why);
  if (!stopped_) settings_.on_change();
}

void RedisNodes::submit_held(std::vector<RedisRequestPtr> held) {
  for (const RedisRequestPtr& request : held)
    submit(request);
}

void RedisNodes::submit(const RedisRequestPtr& request) {
  if (stopped_) return end(request, "the store has ended");
  if (!is_cluster()) return send(single_, request);
  if (!knows_slots_) {
    if (const std::string why = trouble(); !why.empty()) return end(request, why);
    if (held_.size() >= kMostHeld) return end(request, "too many wait for the store");
    held_.push_back(request);
    return;
  }
  const NodePtr node = slots_[request->slot % RedisKeys::kSlots];
  if (!node) return end(request, fmt::format("no server of the cluster has slot {}", request->slot));
  send(node, request);
}

void RedisNodes::submit_to(const std::string& server, const RedisRequestPtr& request) {
  const auto found = nodes_.find(server);
  if (found == nodes_.end()) return end(request, fmt::format("{} is no longer in use", server));
  request->is_pinned = true;
  const NodePtr node = found->second;
  send(node, request);
}

void RedisNodes::send(const NodePtr& node, const RedisRequestPtr& request) {
  if (node->state == Node::State::down) return end(request, node->why);
  const bool is_full =
      node->state == Node::State::open ? node->connection->is_full() : node->held.size() >= kMostHeld;
  if (is_full) return end(request, "too many wait for the store");
  if (node->state == Node::State::open) return node->connection->send(request);
  node->held.push_back(request);
}

void RedisNodes::send_plain(const NodePtr& node, std::string bytes) {
  auto request = std::make_shared<RedisRequest>();
  request->bytes = std::move(bytes);
  request->is_pinned = true;
  request->done = [](const Result<RespValue>&) {
  };
  node->connection->send(request);
}

bool RedisNodes::can_take(std::uint16_t slot) const {
  if (stopped_ || (is_cluster() && !knows_slots_)) return false;
  const NodePtr& node = is_cluster() ? slots_[slot % RedisKeys::kSlots] : single_;
  return node && node->state == Node::State::open && !node->connection->is_full();
}

void RedisNodes::on_answer(const NodePtr& node, const RedisRequestPtr& request, RespValue reply) {
  const bool is_demoted =
      settings_.url.kind == Kind::sentinel && redis_trouble(reply) == RedisTrouble::read_only;
  if (request->is_pinned || !redirect(node, request, reply)) request->done(std::move(reply));
  if (is_demoted && node->connection) {
    const RedisConnectionPtr connection = node->connection;
    connection->close(fmt::format("{} is no longer the master", conf::shown(node->address)));
  }
}

// Sends the command again where that is what the answer asks for.
bool RedisNodes::redirect(const NodePtr& node, const RedisRequestPtr& request, const RespValue& reply) {
  const RedisTrouble trouble = redis_trouble(reply);
  if (trouble == RedisTrouble::none || trouble == RedisTrouble::other || trouble == RedisTrouble::read_only)
    return false;
  if (stopped_ || Clock::now() >= request->deadline || request->tries >= kMostTries) return false;
  if (trouble != RedisTrouble::try_again) ++request->tries;
  if (request->renew) request->renew(*request);
  if (trouble == RedisTrouble::no_script) {
    for (std::string& load : redis_script_loads())
      send_plain(node, std::move(load));
    send(node, request);
    return true;
  }
  if (!is_cluster()) return false;
  refresh_wanted_ = true;
  if (trouble == RedisTrouble::try_again) {
    again_later(request);
    return true;
  }
  const auto move = parse_redis_move(reply.text, node->address);
  if (!move) return false;
  const NodePtr next = node_at(move->to);
  if (trouble == RedisTrouble::moved) {
    slots_[move->slot] = next;
  } else if (next->state == Node::State::open) {
    send_plain(next, resp_command({"ASKING"}));
  } else {
    again_later(request);
    return true;
  }
  send(next, request);
  return true;
}

void RedisNodes::again_later(const RedisRequestPtr& request) {
  delayed_.emplace_back(Clock::now() + kMoment, request);
}

bool RedisNodes::is_busy() const {
  const auto is_quiet = [](const auto& one) {
    const NodePtr& node = one.second;
    return node->state == Node::State::open && !node->connection->is_waiting();
  };
  return refresh_wanted_ || !delayed_.empty() || !std::all_of(nodes_.begin(), nodes_.end(), is_quiet);
}

void RedisNodes::tick() {
  const Clock::time_point now = Clock::now();
  sentinels_.tick();
  const auto nodes = nodes_;  // which changes below
  for (const auto& [name, node] : nodes) {
    if (const RedisConnectionPtr connection = node->connection) connection->tick();
    if (node->state == Node::State::down && !node->connection && now >= node->retry_at) open(node);
  }
  if (is_cluster()) refresh();
  auto delayed = std::exchange(delayed_, {});
  for (auto& [at, request] : delayed) {
    if (now >= at) {
      submit(request);
    } else {
      delayed_.emplace_back(at, std::move(request));
    }
  }
}

void RedisNodes::drain(Deadline deadline) {
  const auto nodes = nodes_;
  for (const auto& [name, node] : nodes)
    if (const RedisConnectionPtr connection = node->connection) connection->drain(deadline);
}

std::string RedisNodes::trouble() const {
  std::string first;
  std::size_t down = 0;
  for (const auto& [name, node] : nodes_) {
    const bool counts = !is_cluster() || !knows_slots_ || node->slots > 0;
    if (node->state != Node::State::down || !counts) continue;
    if (down++ == 0) first = node->why;
  }
  if (!is_cluster()) return first;
  if (!knows_slots_) return down == nodes_.size() ? first : std::string();
  if (down > 0) return fmt::format("{} ({} of its {} servers cannot be used)", first, down, servers_in_use());
  if (uncovered_ > 0)
    return fmt::format("{} of the cluster's {} slots have no server", uncovered_, RedisKeys::kSlots);
  return {};
}

}  // namespace xspamd
