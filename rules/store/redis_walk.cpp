#include "rules/store/redis_walk.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "rules/store/redis_core.h"
#include "rules/store/redis_scripts.h"

namespace xspamd {

namespace {

constexpr unsigned kBucketsAtOnce = 64;
constexpr std::size_t kIdsAtOnce = 1'000;
constexpr std::size_t kLeastIds = 32;            // where few are wanted, as some may be gone
constexpr std::size_t kMostScanned = 1'000'000;  // ids that are sorted in memory
constexpr std::string_view kScanPiece =
    "1000";  // keys that the server looks at before others have their turn

using Ids = std::vector<std::string>;

// Reads the entries and tells of those there are; the ids of the others. False at the end: `each` has enough.
struct Told {
  bool wants_more = true;
  Ids gone;
};
Task<Result<Told>> tell(std::shared_ptr<RedisCore> core, Space space, Ids ids, const Store::Each& each,
                        Deadline deadline) {
  std::vector<RedisCommand> commands;
  for (const std::string& id : ids) {
    const std::string name = core->keys().name({space, id});
    commands.push_back({resp_command({"GET", name}), redis_slot(name)});
  }
  const auto replies = co_await core->ask(std::move(commands), deadline);
  if (!replies) co_return tl::unexpected(replies.error());
  Told told;
  for (std::size_t i = 0; i < ids.size() && told.wants_more; ++i) {
    const RespValue& reply = replies->at(i);
    if (reply.is_error()) co_return redis_refusal(reply);
    const auto entry = redis_entry(reply, core->now());
    if (entry) {
      told.wants_more = each(ids[i], *entry);
    } else if (reply.kind == RespValue::Kind::nil) {
      told.gone.push_back(std::move(ids[i]));
    }
  }
  co_return told;
}

std::string padded(std::string id, char with) {
  id.resize(kTokenIdBytes, with);
  return id;
}

Task<Result<void>> walk_tokens(std::shared_ptr<RedisCore> core, const Store::Range& range,
                               const Store::Each& each, Deadline deadline) {
  if (range.prefix.size() > kTokenIdBytes) co_return Result<void>{};
  const unsigned first = RedisKeys::bucket_of(padded(range.prefix, '\0'));
  const unsigned count = RedisKeys::bucket_of(padded(range.prefix, '\xff')) - first + 1;
  for (unsigned done = 0; done < count; done += kBucketsAtOnce) {
    std::vector<RedisCommand> commands;
    for (unsigned i = done; i < std::min(done + kBucketsAtOnce, count); ++i) {
      const std::string name = core->keys().bucket(range.newest_first ? first + count - 1 - i : first + i);
      commands.push_back({resp_command({"HGETALL", name}), redis_slot(name)});
    }
    const auto replies = co_await core->ask(std::move(commands), deadline);
    if (!replies) co_return tl::unexpected(replies.error());
    for (const RespValue& reply : *replies) {
      auto rows = redis_bucket(reply, core->now());
      if (!rows) co_return tl::unexpected(rows.error());
      if (range.newest_first) std::reverse(rows->begin(), rows->end());
      for (const auto& [id, entry] : *rows)
        if (id.starts_with(range.prefix) && !each(id, entry)) co_return Result<void>{};
    }
  }
  co_return Result<void>{};
}

// A page of the index, beginning behind `after`.
RedisCommand index_page(const RedisKeys& keys, const Store::Range& range,
                        const std::optional<Ids::value_type>& after) {
  // No id is longer than kMostId, so none that begins with the prefix comes after this one.
  std::string last = range.prefix;
  last.resize(StoreKey::kMostId + 1, '\xff');
  std::string from = "[" + range.prefix;
  std::string to = "[" + last;
  if (after) (range.newest_first ? to : from) = "(" + *after;
  const std::string name = keys.index();
  const std::string count = std::to_string(std::clamp(range.most, kLeastIds, kIdsAtOnce));
  const std::string_view verb = range.newest_first ? "ZREVRANGEBYLEX" : "ZRANGEBYLEX";
  return {resp_command({verb, name, range.newest_first ? to : from, range.newest_first ? from : to, "LIMIT",
                        "0", count}),
          redis_slot(name)};
}

RedisCommand tidying(const RedisKeys& keys, const Ids& gone) {
  std::vector<std::string> names{keys.index()};
  for (const std::string& id : gone)
    names.push_back(keys.name({Space::history, id}));
  const std::string count = std::to_string(names.size());
  std::vector<std::string_view> words{"EVALSHA", redis_tidy_script().sha, count};
  words.insert(words.end(), names.begin(), names.end());
  words.insert(words.end(), gone.begin(), gone.end());
  return {resp_command(words), redis_slot(names[0])};
}

Task<Result<void>> walk_history(std::shared_ptr<RedisCore> core, const Store::Range& range,
                                const Store::Each& each, Deadline deadline) {
  std::optional<std::string> after;
  for (;;) {
    std::vector<RedisCommand> commands{index_page(core->keys(), range, after)};
    const auto page = co_await core->ask(std::move(commands), deadline);
    if (!page) co_return tl::unexpected(page.error());
    if (page->at(0).is_error()) co_return redis_refusal(page->at(0));
    Ids ids;
    for (const RespValue& item : page->at(0).items)
      ids.push_back(item.text);
    if (ids.empty()) co_return Result<void>{};
    after = ids.back();
    auto told = co_await tell(core, range.space, std::move(ids), each, deadline);
    if (!told) co_return tl::unexpected(told.error());
    if (!told->gone.empty()) {  // expired: Redis takes the entry away, and not its id
      std::vector<RedisCommand> tidy{tidying(core->keys(), told->gone)};
      const auto ignored = co_await core->ask(std::move(tidy), deadline);
    }
    if (!told->wants_more) co_return Result<void>{};
  }
}

Task<Result<Ids>> scan(std::shared_ptr<RedisCore> core, const Store::Range& range, Deadline deadline) {
  // A write that a cluster sends elsewhere would come too late. What cannot be written does not keep from
  // reading what is there.
  const auto written = co_await core->written(deadline);
  const auto servers = co_await core->servers(deadline);
  if (!servers) co_return tl::unexpected(servers.error());
  const std::string pattern = core->keys().pattern(range.space, range.prefix);
  Ids ids;
  for (const std::string& server : *servers) {
    std::string cursor = "0";
    do {
      std::string command = resp_command({"SCAN", cursor, "MATCH", pattern, "COUNT", kScanPiece});
      const auto reply = co_await core->ask_server(server, std::move(command), deadline);
      if (!reply) co_return tl::unexpected(reply.error());
      if (reply->items.size() != 2) co_return fail(Errc::unavailable, "redis: the answer to SCAN is none");
      cursor = reply->items[0].text;
      for (const RespValue& name : reply->items[1].items)
        if (auto id = core->keys().id_of(range.space, name.text)) ids.push_back(std::move(*id));
      if (ids.size() > kMostScanned)
        co_return fail(Errc::limit, fmt::format("more than {} entries", kMostScanned));
    } while (cursor != "0");
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());  // SCAN may tell of one twice
  if (range.newest_first) std::reverse(ids.begin(), ids.end());
  co_return ids;
}

Task<Result<void>> walk_scanned(std::shared_ptr<RedisCore> core, const Store::Range& range,
                                const Store::Each& each, Deadline deadline) {
  auto ids = co_await scan(core, range, deadline);
  if (!ids) co_return tl::unexpected(ids.error());
  for (std::size_t done = 0; done < ids->size(); done += kIdsAtOnce) {
    const auto from = ids->begin() + static_cast<std::ptrdiff_t>(done);
    const auto to = from + static_cast<std::ptrdiff_t>(std::min(kIdsAtOnce, ids->size() - done));
    Ids piece(std::make_move_iterator(from), std::make_move_iterator(to));
    const auto told = co_await tell(core, range.space, std::move(piece), each, deadline);
    if (!told) co_return tl::unexpected(told.error());
    if (!told->wants_more) break;
  }
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> walk_redis(std::shared_ptr<RedisCore> core, Store::Range range, Store::Each each,
                              Deadline deadline) {
  if (range.space == Space::token) {
    co_return co_await walk_tokens(core, range, each, deadline);
  }
  if (range.space == Space::history) {
    co_return co_await walk_history(core, range, each, deadline);
  }
  co_return co_await walk_scanned(core, range, each, deadline);
}

}  // namespace xspamd
