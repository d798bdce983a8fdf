#include "rules/store/redis_topology.h"

#include <fmt/format.h>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostRanges = kRedisSlots;
constexpr std::size_t kMostHost = 255;

std::optional<std::uint16_t> port_of(std::string_view text) {
  const auto port = parse_unsigned(text);
  if (!port || *port == 0 || *port > 65'535) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<std::uint16_t> slot_of(const RespValue& value) {
  const bool is_slot =
      value.kind == RespValue::Kind::integer && value.integer >= 0 && value.integer < kRedisSlots;
  if (!is_slot) return std::nullopt;
  return static_cast<std::uint16_t>(value.integer);
}

// A server that does not know its own address says "" or "?".
std::string host_or(std::string_view host, const conf::Address& from) {
  return host.empty() || host == "?" || host.size() > kMostHost ? from.host : std::string(host);
}

}  // namespace

RedisTrouble redis_trouble(const RespValue& reply) {
  if (!reply.is_error()) return RedisTrouble::none;
  const std::string_view word = std::string_view(reply.text).substr(0, reply.text.find(' '));
  if (word == "MOVED") return RedisTrouble::moved;
  if (word == "ASK") return RedisTrouble::ask;
  if (word == "TRYAGAIN" || word == "CLUSTERDOWN") return RedisTrouble::try_again;
  if (word == "NOSCRIPT") return RedisTrouble::no_script;
  if (word == "READONLY" || word == "MASTERDOWN") return RedisTrouble::read_only;
  return RedisTrouble::other;
}

std::optional<RedisMove> parse_redis_move(std::string_view error, const conf::Address& from) {
  const auto words = split(error, ' ');
  if (words.size() != 3) return std::nullopt;
  const auto slot = parse_unsigned(words[1]);
  const std::size_t colon = words[2].rfind(':');
  if (!slot || *slot >= kRedisSlots || colon == std::string_view::npos) return std::nullopt;
  const auto port = port_of(words[2].substr(colon + 1));
  if (!port) return std::nullopt;
  return RedisMove{static_cast<std::uint16_t>(*slot), {host_or(words[2].substr(0, colon), from), *port, {}}};
}

Result<std::vector<RedisRange>> parse_redis_slots(const RespValue& reply, const conf::Address& from) {
  const auto wrong = fail(Errc::unavailable,
                          fmt::format("{}:{}: its answer to CLUSTER SLOTS is none", from.host, from.port));
  if (reply.is_error())
    return fail(Errc::unavailable,
                fmt::format("{}:{}: {}", from.host, from.port, printable(cut_utf8(reply.text, 200))));
  if (!reply.is_array() || reply.items.size() > kMostRanges) return wrong;
  std::vector<RedisRange> ranges;
  for (const RespValue& one : reply.items) {
    if (one.items.size() < 3 || one.items[2].items.size() < 2) return wrong;
    const auto first = slot_of(one.items[0]);
    const auto last = slot_of(one.items[1]);
    const RespValue& master = one.items[2];
    const std::int64_t port = master.items[1].integer;
    if (!first || !last || *first > *last || port <= 0 || port > 65'535) return wrong;
    ranges.push_back(
        {*first, *last, {host_or(master.items[0].text, from), static_cast<std::uint16_t>(port), {}}});
  }
  return ranges;
}

Result<conf::Address> parse_redis_master(const RespValue& reply, std::string_view name) {
  if (reply.kind == RespValue::Kind::nil)
    return fail(Errc::unavailable, fmt::format("it knows no master of the name {}", quoted(name)));
  const auto port = reply.items.size() == 2 ? port_of(reply.items[1].text) : std::nullopt;
  if (!port || reply.items[0].text.empty() || reply.items[0].text.size() > kMostHost)
    return fail(Errc::unavailable, "its answer names no master");
  return conf::Address{reply.items[0].text, *port, {}};
}

bool is_redis_master(const RespValue& reply) {
  return !reply.items.empty() && reply.items[0].text == "master";
}

}  // namespace xspamd
