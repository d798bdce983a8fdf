// RedisNodes, where it is a cluster: which server holds which slot.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rules/store/redis_nodes.h"

namespace xspamd {

namespace {

constexpr std::chrono::milliseconds kBetweenRefreshes{500};
constexpr std::size_t kMostServers = 256;

}  // namespace

// Asks one of the servers after another, while something is wrong, and where a server sent a command
// elsewhere.
void RedisNodes::refresh() {
  if (!refresh_wanted_ || refresh_under_way_ || stopped_) return;
  const Clock::time_point now = Clock::now();
  if (knows_slots_ && now < refresh_at_) return;
  std::vector<NodePtr> open;
  for (const auto& [name, node] : nodes_)
    if (node->state == Node::State::open) open.push_back(node);
  if (open.empty()) {
    for (const conf::Address& seed : settings_.url.hosts)  // those in use may be gone for good
      node_at(seed);
    return;
  }
  const NodePtr asked = open[refresh_turn_++ % open.size()];
  refresh_at_ = now + kBetweenRefreshes;
  refresh_under_way_ = true;
  auto request = std::make_shared<RedisRequest>();
  request->bytes = resp_command({"CLUSTER", "SLOTS"});
  request->is_pinned = true;
  request->done = [weak = weak_from_this(), asked](const Result<RespValue>& reply) {
    const auto self = weak.lock();
    if (!self || self->stopped_) return;
    self->refresh_under_way_ = false;
    if (!reply) return;
    const auto ranges = parse_redis_slots(*reply, asked->address);
    if (ranges && !ranges->empty()) return self->apply(*ranges);
    const RedisConnectionPtr connection = asked->connection;
    if (!self->knows_slots_ && connection)
      connection->close(ranges ? fmt::format("{}: the cluster has no slots yet", conf::shown(asked->address))
                               : ranges.error().sentence);
  };
  asked->connection->send(request);
}

void RedisNodes::apply(const std::vector<RedisRange>& ranges) {
  std::fill(slots_.begin(), slots_.end(), nullptr);
  std::set<std::string> masters;
  for (const RedisRange& range : ranges) {
    masters.insert(conf::shown(range.master));
    if (masters.size() > kMostServers) break;
    const NodePtr node = node_at(range.master);
    std::fill(slots_.begin() + range.first, slots_.begin() + range.last + 1, node);
  }
  knows_slots_ = true;
  drop_unused();
  const auto is_open = [](const auto& one) {
    return one.second->state == Node::State::open;
  };
  refresh_wanted_ = uncovered_ > 0 || !std::all_of(nodes_.begin(), nodes_.end(), is_open);
  settings_.on_change();
  for (const auto& [name, node] : std::map(nodes_))
    if (node->state == Node::State::open) submit_held(std::exchange(node->held, {}));
  submit_held(std::exchange(held_, {}));
}

// Replicas, and who has left the cluster.
void RedisNodes::drop_unused() {
  for (const auto& [name, node] : nodes_)
    node->slots = 0;
  uncovered_ = 0;
  for (const NodePtr& node : slots_)
    ++(node ? node->slots : uncovered_);
  std::vector<NodePtr> unused;
  for (auto next = nodes_.begin(); next != nodes_.end();) {
    const auto one = next++;
    if (one->second->slots > 0) continue;
    unused.push_back(one->second);
    nodes_.erase(one);
  }
  for (const NodePtr& node : unused)
    if (const RedisConnectionPtr connection = node->connection) connection->close("the server is no master");
}

std::size_t RedisNodes::servers_in_use() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const auto& one) { return one.second->slots > 0; }));
}

Result<std::vector<std::string>> RedisNodes::servers() const {
  if (const std::string why = trouble(); !why.empty()) return fail(Errc::unavailable, why);
  if (is_cluster() && !knows_slots_) return fail(Errc::unavailable, "the cluster has not answered yet");
  std::vector<std::string> names;
  for (const auto& [name, node] : nodes_)
    if (!is_cluster() || node->slots > 0) names.push_back(name);
  return names;
}

}  // namespace xspamd
