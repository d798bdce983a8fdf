#include "rules/store/redis_sentinels.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/store/redis_greeting.h"
#include "rules/store/redis_topology.h"

namespace xspamd {

RedisSentinels::~RedisSentinels() {
  if (connection_) connection_->abandon();
}

void RedisSentinels::find(Found found) {
  found_ = std::move(found);
  left_ = url_.hosts.size();
  ask_next("no sentinel is named");
}

void RedisSentinels::tick() {
  if (const RedisConnectionPtr connection = connection_) connection->tick();
}

// `why`: what the one before said.
void RedisSentinels::ask_next(std::string why) {
  if (connection_) std::exchange(connection_, nullptr)->abandon();
  if (left_ == 0) {
    const Found found = std::exchange(found_, nullptr);
    return found(fail(Errc::unavailable, fmt::format("no sentinel knows the master: {}", why)));
  }
  --left_;
  const conf::Address address = url_.hosts[next_++ % url_.hosts.size()];
  RedisConnection::Target target{address, redis_login(url_, true), patience_};
  target.greetings.push_back({resp_command({"SENTINEL", "get-master-addr-by-name", url_.master}), false});
  const std::weak_ptr<char> alive = alive_;
  RedisConnection::Events events;
  events.opened = [this, alive, address](const std::vector<RespValue>& greeted) {
    if (alive.expired()) return;
    auto master = parse_redis_master(greeted.back(), url_.master);
    if (!master) return ask_next(fmt::format("{}: {}", conf::shown(address), master.error().sentence));
    std::exchange(connection_, nullptr)->abandon();
    const Found found = std::exchange(found_, nullptr);
    found(std::move(master));
  };
  events.closed = [this, alive](std::string closed, const std::deque<RedisRequestPtr>&) {
    if (!alive.expired()) ask_next(std::move(closed));
  };
  connection_ = std::make_shared<RedisConnection>(loop_, std::move(target), std::move(events));
  connection_->start();
}

}  // namespace xspamd
