#include "rules/io/resolver.h"

#include <algorithm>
#include <asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "conf/address.h"
#include "rules/io/dns_cache.h"
#include "rules/io/dns_flight.h"
#include "rules/io/dns_replies.h"
#include "rules/io/dns_server.h"
#include "rules/io/guarded.h"

namespace xspamd {

namespace {

using Transport = AresChannel::Transport;
constexpr std::size_t kMostLinks = 16;        // CNAMEs from the name asked for to its answer
constexpr std::size_t kMostFlights = 20'000;  // questions under way: 512 scans with 40 each
constexpr std::chrono::milliseconds kFirstBudget{500};
constexpr std::chrono::seconds kTick{1};
constexpr std::chrono::milliseconds kGrain{5};  // tries are given up this much late, in one go

std::vector<conf::Address> addresses_of(const conf::Dns& settings) {
  if (settings.servers.empty()) return system_dns_servers();
  std::vector<conf::Address> addresses;
  for (const std::string& text : settings.servers) {
    auto address = conf::parse_dns_server(text);
    if (!address) throw std::runtime_error(address.error().sentence);
    addresses.push_back(std::move(*address));
  }
  return addresses;
}

}  // namespace

class Resolver::Asker : public std::enable_shared_from_this<Asker> {
 public:
  Asker(const asio::any_io_executor& loop, const conf::Dns& settings);

  // What needs no waiting; null when it does. Brings the name into its canonical spelling.
  DnsReply answer_at_once(dns::Question& question, Deadline deadline);
  DnsFlightPtr join(const dns::Question& question);
  void stop();

  const asio::any_io_executor& loop() const { return loop_; }
  const DnsReply& late() const { return late_; }
  const conf::Dns& settings() const { return settings_; }
  const std::vector<std::unique_ptr<DnsServer>>& servers() const { return servers_; }
  Counters counters;
  bool has_found = false;

 private:
  void begin(const DnsFlightPtr& flight, std::string name);
  void advance(const DnsFlightPtr& flight);
  bool ask_server(const DnsFlightPtr& flight, std::size_t server, Transport transport);
  void on_ended(const AresEnd& end);
  void on_reply(const DnsTry& ended, const dns::Reply& reply, bool newest);
  void on_found(const DnsFlightPtr& flight, const dns::Reply& reply);
  void on_failure(const DnsFlightPtr& flight);
  void refuse(const DnsTry& ended, std::string why, bool newest);
  void finish(const DnsFlightPtr& flight, DnsReply reply, std::uint32_t ttl);

  void arm_expiry();
  void expire();
  void arm_tick();
  void tick();
  bool all_down() const;

  const asio::any_io_executor loop_;
  const conf::Dns settings_;
  const DnsReply no_name_ = absent_reply(DnsAnswer::Status::no_name);
  const DnsReply no_data_ = absent_reply(DnsAnswer::Status::no_data);
  const DnsReply late_ = unknown_reply("timeout");
  const DnsReply nobody_ = unknown_reply("no DNS server answers");
  const DnsReply stopping_ = unknown_reply("stopping");

  Random random_;
  DnsCache cache_;
  const std::function<void(AresEnd)> ended_ = [this](const AresEnd& end) {
    on_ended(end);
  };
  std::vector<std::unique_ptr<DnsServer>> servers_;
  std::map<std::pair<std::string, dns::Type>, DnsFlightPtr> flights_;
  std::unordered_map<std::uint64_t, DnsTry> tries_;  // by ticket
  std::uint64_t last_ticket_ = 0;

  std::deque<DnsExpiry> expiries_;  // in order: all tries have the same time
  asio::steady_timer expiry_timer_;
  asio::steady_timer tick_timer_;
  bool expiry_is_armed_ = false;
  bool tick_is_armed_ = false;
  bool stopped_ = false;
};

Resolver::Asker::Asker(const asio::any_io_executor& loop, const conf::Dns& settings)
    : loop_(loop), settings_(settings), cache_(settings.cache), expiry_timer_(loop), tick_timer_(loop) {
  for (conf::Address& address : addresses_of(settings)) {
    // An answer that comes while the next server is asked is as good.
    const DnsServer::Settings server{std::move(address), settings.timeout * 2};
    servers_.push_back(std::make_unique<DnsServer>(loop, server, random_, ended_));
  }
}

void Resolver::Asker::stop() {
  stopped_ = true;
  expiry_timer_.cancel();
  tick_timer_.cancel();
  while (!flights_.empty()) {
    const DnsFlightPtr flight = flights_.begin()->second;
    finish(flight, stopping_, 0);
  }
  tries_.clear();
  servers_.clear();
}

DnsReply Resolver::Asker::answer_at_once(dns::Question& question, Deadline deadline) {
  ++counters.questions;
  const Clock::time_point now = Clock::now();
  if (stopped_) return stopping_;
  auto name = dns::canonical_name(question.name);
  if (!name || name->empty()) return no_name_;
  question.name = std::move(*name);
  if (DnsReply reply = cache_.find(question, now)) {
    ++counters.cached;
    return reply;
  }
  if (deadline <= now) return late_;
  if (flights_.size() >= kMostFlights) return unknown_reply("too many questions at once");
  return all_down() ? nobody_ : nullptr;
}

DnsFlightPtr Resolver::Asker::join(const dns::Question& question) {
  DnsFlightPtr& flight = flights_[{question.name, question.type}];
  if (flight) {
    ++counters.joined;
    return flight;
  }
  flight = std::make_shared<DnsFlight>(question);
  const DnsFlightPtr begun = flight;  // it may end at once, and leave the map
  begin(begun, question.name);
  return begun;
}

void Resolver::Asker::begin(const DnsFlightPtr& flight, std::string name) {
  flight->now_asked.name = std::move(name);
  flight->turn = 0;
  flight->refused.assign(servers_.size(), false);
  flight->why = "timeout";
  advance(flight);
}

// Asks the server whose turn it is; ends the flight when nobody is left.
void Resolver::Asker::advance(const DnsFlightPtr& flight) {
  const std::size_t turns = servers_.size() * (std::size_t{settings_.retries} + 1);
  for (; flight->turn < turns; ++flight->turn) {
    const std::size_t server = flight->turn % servers_.size();
    if (flight->refused[server] || servers_[server]->down()) continue;
    if (ask_server(flight, server, Transport::udp)) return;
  }
  finish(flight, all_down() ? nobody_ : unknown_reply(flight->why), 0);
}

bool Resolver::Asker::ask_server(const DnsFlightPtr& flight, std::size_t server, Transport transport) {
  const std::uint64_t ticket = ++last_ticket_;
  if (!servers_[server]->ask(flight->now_asked, transport, ticket)) return false;
  ++counters.sent;
  flight->ticket = ticket;
  tries_.emplace(ticket, DnsTry{flight, flight->now_asked, server, transport});
  expiries_.push_back({Clock::now() + settings_.timeout, flight, ticket});
  arm_expiry();
  arm_tick();
  return true;
}

void Resolver::Asker::on_ended(const AresEnd& end) {
  const auto found = tries_.find(end.ticket);
  if (found == tries_.end()) return;  // a probe
  const DnsTry ended = std::move(found->second);
  tries_.erase(found);
  const DnsFlightPtr& flight = ended.flight;
  if (flight->reply || ended.question != flight->now_asked) return;
  const bool newest = flight->ticket == end.ticket;
  if (end.reply) {
    on_reply(ended, *end.reply, newest);
  } else if (end.reply.error().code == Errc::invalid) {
    refuse(ended, end.reply.error().sentence, newest);
  } else if (newest) {
    flight->why = end.reply.error().sentence;
    on_failure(flight);
  }
  while (!expiries_.empty() && !expiries_.front().concerns(expiries_.front().flight.lock()))
    expiries_.pop_front();
}

// No connection. The next server at once; the first one again only after the time of a try: it may be about
// to restart.
void Resolver::Asker::on_failure(const DnsFlightPtr& flight) {
  const std::size_t turns = servers_.size() * (std::size_t{settings_.retries} + 1);
  const bool last_of_round = (flight->turn + 1) % servers_.size() == 0;
  if (last_of_round && flight->turn + 1 < turns) return;
  ++flight->turn;
  advance(flight);
}

void Resolver::Asker::on_reply(const DnsTry& ended, const dns::Reply& reply, bool newest) {
  if (reply.truncated && ended.transport == Transport::tcp) {
    refuse(ended, "answer cut off", newest);
  } else if (reply.truncated) {
    if (newest && !ask_server(ended.flight, ended.server, Transport::tcp))
      refuse(ended, "answer cut off", newest);
  } else if (reply.rcode == dns::Rcode::ok || reply.rcode == dns::Rcode::no_name) {
    on_found(ended.flight, reply);
  } else {
    refuse(ended, reason(reply.rcode), newest);
  }
}

void Resolver::Asker::on_found(const DnsFlightPtr& flight, const dns::Reply& reply) {
  const dns::Found found = dns::follow(reply, flight->now_asked, kMostLinks - flight->links);
  const std::uint32_t ttl = std::min(flight->ttl, found.ttl);
  switch (found.status) {
    case dns::Found::Status::found:
      return finish(flight, found_reply(found), ttl);
    case dns::Found::Status::no_name:
      return finish(flight, no_name_, ttl);
    case dns::Found::Status::broken:
      return finish(flight, unknown_reply("too many CNAMEs"), 0);
    case dns::Found::Status::no_data:
      break;
  }
  // The chain leads out of the answer, and no SOA says that it ends here.
  if (found.links == 0 || found.proved_absent) return finish(flight, no_data_, ttl);
  flight->links += found.links;
  flight->ttl = ttl;
  begin(flight, found.end);
}

void Resolver::Asker::refuse(const DnsTry& ended, std::string why, bool newest) {
  ended.flight->refused[ended.server] = true;
  ended.flight->why = std::move(why);
  if (!newest) return;
  ++ended.flight->turn;
  advance(ended.flight);
}

void Resolver::Asker::finish(const DnsFlightPtr& flight, DnsReply reply, std::uint32_t ttl) {
  if (reply->unknown()) ++counters.unknown;
  has_found = has_found || reply->status == DnsAnswer::Status::found;
  cache_.keep(flight->asked, reply, ttl, Clock::now());
  flight->reply = std::move(reply);
  flights_.erase({flight->asked.name, flight->asked.type});
  for (Event* waiter : flight->waiters)
    waiter->signal();
}

void Resolver::Asker::arm_expiry() {
  if (expiry_is_armed_ || expiries_.empty()) return;
  expiry_is_armed_ = true;
  expiry_timer_.expires_at(std::max(expiries_.front().at, Clock::now() + kGrain));
  expiry_timer_.async_wait([self = weak_from_this()](asio::error_code) {
    guarded([&self] {
      const auto asker = self.lock();
      if (asker && !asker->stopped_) asker->expire();
    });
  });
}

// Gives up the tries whose time is over, for the next server. Where nobody waits any more, none is asked.
void Resolver::Asker::expire() {
  expiry_is_armed_ = false;
  const Clock::time_point now = Clock::now();
  while (!expiries_.empty()) {
    const DnsExpiry expiry = expiries_.front();
    const DnsFlightPtr flight = expiry.flight.lock();
    const bool concerns = expiry.concerns(flight);
    if (concerns && expiry.at > now) break;
    expiries_.pop_front();
    if (!concerns) continue;
    if (flight->waiters.empty()) {
      finish(flight, late_, 0);
    } else {
      ++flight->turn;
      advance(flight);
    }
  }
  arm_expiry();
}

void Resolver::Asker::arm_tick() {
  if (tick_is_armed_) return;
  tick_is_armed_ = true;
  tick_timer_.expires_after(kTick);
  tick_timer_.async_wait([self = weak_from_this()](asio::error_code) {
    guarded([&self] {
      const auto asker = self.lock();
      if (asker && !asker->stopped_) asker->tick();
    });
  });
}

void Resolver::Asker::tick() {
  // For whoever is down: the name servers of the root, which every resolver knows without asking.
  static const dns::Question probe{"", dns::Type::ns};
  tick_is_armed_ = false;
  bool again = false;
  for (const auto& server : servers_) {
    server->tick();
    if (server->down()) server->ask(probe, Transport::udp, ++last_ticket_);
    again = again || server->suspect() || server->under_way() > 0;
  }
  if (again) arm_tick();
}

bool Resolver::Asker::all_down() const {
  return std::all_of(servers_.begin(), servers_.end(), [](const auto& server) { return server->down(); });
}

Resolver::Resolver(const asio::any_io_executor& loop, const conf::Dns& settings)
    : asker_(std::make_shared<Asker>(loop, settings)) {}

Resolver::~Resolver() {
  asker_->stop();
}

Task<DnsReply> Resolver::ask(dns::Question question, Deadline deadline) {
  const std::shared_ptr<Asker> asker = asker_;  // the resolver may end before the answer comes
  DnsReply at_once = asker->answer_at_once(question, deadline);
  if (at_once) co_return at_once;
  DnsWait wait(asker->loop(), asker->join(question));
  if (!wait.flight->reply) {
    const bool signalled = co_await wait.event.wait(deadline);
    if (!signalled && !wait.flight->reply) co_return asker->late();
  }
  co_return wait.flight->reply;
}

bool Resolver::has_found() const {
  return asker_->has_found;
}

bool Resolver::heard() const {
  const auto& servers = asker_->servers();
  return std::any_of(servers.begin(), servers.end(), [](const auto& server) { return server->ever_heard(); });
}

std::chrono::milliseconds Resolver::budget() const {
  return heard() ? asker_->settings().budget : std::min(asker_->settings().budget, kFirstBudget);
}

const Resolver::Counters& Resolver::counters() const {
  return asker_->counters;
}

std::vector<std::string> Resolver::servers() const {
  std::vector<std::string> names;
  for (const auto& server : asker_->servers())
    names.push_back(server->name());
  return names;
}

std::vector<std::string> Resolver::servers_down() const {
  std::vector<std::string> names;
  for (const auto& server : asker_->servers())
    if (server->down()) names.push_back(server->name());
  return names;
}

}  // namespace xspamd
