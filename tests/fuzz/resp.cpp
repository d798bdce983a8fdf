// Replies of Redis, and the URL that names it, on any bytes: the same in any pieces, bounded, and what is
// sent can be read. The first byte says how large the pieces are.
#include <cstdint>

#include "conf/redis_url.h"
#include "rules/io/resp.h"
#include "rules/store/redis_topology.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

constexpr std::size_t kMostDepth = 16;

struct Read {
  std::vector<RespValue> replies;
  bool broken = false;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read(std::string_view bytes, std::size_t piece) {
  RespReader reader;
  Read all;
  for (std::size_t from = 0; from < bytes.size() && !all.broken; from += piece) {
    if (!reader.feed(bytes.substr(from, piece))) all.broken = true;
    for (auto reply = reader.next(); !all.broken; reply = reader.next()) {
      if (!reply) all.broken = true;
      if (!reply || !*reply) break;
      all.replies.push_back(std::move(**reply));
    }
  }
  if (all.broken) require(!reader.feed("+OK\r\n") && !reader.next());
  return all;
}

// Without recursion: level by level.
void check_bounds(const RespValue& root) {
  std::vector<const RespValue*> level{&root};
  std::size_t count = 0;
  for (std::size_t depth = 0; !level.empty(); ++depth) {
    require(depth < kMostDepth);
    count += level.size();
    std::vector<const RespValue*> next;
    for (const RespValue* value : level)
      for (const RespValue& item : value->items)
        next.push_back(&item);
    level = std::move(next);
  }
  require(count <= RespReader::kMostItems);
}

void check_topology(const RespValue& reply) {
  const conf::Address from{"192.0.2.1", 7'000, {}};
  if (const auto slots = parse_redis_slots(reply, from))
    for (const RedisRange& range : *slots)
      require(range.first <= range.last && range.last < 16'384 && range.master.port > 0 &&
              !range.master.host.empty());
  if (const auto master = parse_redis_master(reply, "m")) require(master->port > 0 && !master->host.empty());
  if (const auto move = parse_redis_move(reply.text, from)) require(move->slot < 16'384 && move->to.port > 0);
  require((redis_trouble(reply) == RedisTrouble::none) == !reply.is_error());
  is_redis_master(reply);
}

void check_command(std::string_view bytes) {
  const std::string_view words[] = {bytes.substr(0, bytes.size() / 2), bytes, ""};
  const Read sent = read(resp_command(words), 7);
  require(!sent.broken && sent.replies.size() == 1 && sent.replies[0].items.size() == std::size(words));
  for (std::size_t i = 0; i < std::size(words); ++i)
    require(sent.replies[0].items[i].text == words[i]);
}

void check_url(std::string_view bytes) {
  const auto url = conf::parse_redis_url(bytes);
  if (!url) return require(!url.error().sentence.empty());
  require(!url->hosts.empty() && url->prefix.find_first_of("{} ") == std::string::npos);
  require((url->kind == conf::RedisUrl::Kind::sentinel) == !url->master.empty());
  for (const conf::Address& host : url->hosts)
    require(host.path.empty() ? !host.host.empty() && host.port > 0 : host.path[0] == '/');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Read whole = read(bytes, bytes.size() + 1);
  const Read pieces = read(bytes, 1 + data[0] % 16);
  require(whole.replies == pieces.replies);
  for (const RespValue& reply : whole.replies) {
    check_bounds(reply);
    check_topology(reply);
  }
  check_command(bytes);
  check_url(bytes);
  return 0;
}
