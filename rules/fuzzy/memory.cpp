#include "rules/fuzzy/memory.h"

#include <algorithm>
#include <map>

namespace xspamd::fuzzy {

namespace {

using Entries = std::vector<std::optional<StoreEntry>>;

// "any", then of each digest its record, and for a text what its shingles lead to.
std::vector<StoreKey> first_keys(const std::vector<Digest>& digests) {
  std::vector<StoreKey> keys{any_key()};
  for (const Digest& digest : digests) {
    keys.push_back(record_key(digest.id));
    if (!digest.shingles) continue;
    for (StoreKey& key : place_keys(*digest.shingles))
      keys.push_back(std::move(key));
  }
  return keys;
}

std::size_t key_count(const Digest& digest) {
  return digest.shingles ? 1 + kPlaces : 1;
}

void add_match(const Digest& digest, std::string_view id, const std::optional<StoreEntry>& entry,
               std::vector<Match>& matches) {
  if (!entry) return;
  const auto record = record_from(entry->value);
  if (!record) return;
  Match match{std::string(id), digest.kind, *record, 1};
  if (id != digest.id) {
    if (!digest.shingles || !record->shingles) return;
    const std::size_t count = common(*digest.shingles, *record->shingles);
    if (count < kLeastCommon) return;
    match.share = static_cast<double>(count) / kShingles;
  }
  matches.push_back(std::move(match));
}

// Other texts that share a shingle with this one: those that share most.
std::vector<std::string> candidates(std::span<const std::optional<StoreEntry>> places,
                                    const std::string& own_id) {
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const auto& place : places) {
    if (!place) continue;
    for (const std::string_view id : ids_from(place->value))
      if (id != own_id) ++counts[std::string(id)];
  }
  std::vector<std::string> ids;
  for (const auto& [id, count] : counts)
    ids.push_back(id);
  const auto shares_more = [&](const std::string& a, const std::string& b) {
    return counts[a] > counts[b];
  };
  std::stable_sort(ids.begin(), ids.end(), shares_more);
  if (ids.size() > kMostCandidates) ids.resize(kMostCandidates);
  return ids;
}

void sort_by_share(std::vector<Match>& matches) {
  const auto larger = [](const Match& a, const Match& b) {
    return a.share > b.share;
  };
  std::stable_sort(matches.begin(), matches.end(), larger);
}

// Those that are not the digest itself.
struct Similar {
  const Digest* digest = nullptr;
  std::vector<std::string> ids;
};

Similar read_first(const std::vector<Digest>& digests, const Entries& entries, Found& found) {
  Similar similar;
  found.is_empty = !entries.front();
  std::size_t at = 1;
  for (const Digest& digest : digests) {
    add_match(digest, digest.id, entries[at], found.matches);
    if (digest.shingles) {
      similar.digest = &digest;
      similar.ids = candidates(std::span(entries).subspan(at + 1, kPlaces), digest.id);
    }
    at += key_count(digest);
  }
  return similar;
}

void learn_one(Store& store, const Digest& digest, std::span<const std::optional<StoreEntry>> entries,
               const Lesson& lesson) {
  const FuzzyFlag flag = lesson.order.flag.value_or(FuzzyFlag::denied);
  Record record{flag, static_cast<double>(lesson.order.weight), lesson.now, digest.shingles};
  const auto before = entries[0] ? record_from(entries[0]->value) : std::nullopt;
  if (before && before->flag == flag) record.weight += weight_at(*before, lesson.now, lesson.lifetime);
  record.weight = std::min(record.weight, static_cast<double>(FuzzyOrder::kMostWeight));
  const auto expires = lesson.now + lesson.lifetime;
  store.put(record_key(digest.id), to_bytes(record), expires);
  if (!digest.shingles) return;
  auto keys = place_keys(*digest.shingles);
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::string_view ids =
        entries[1 + i] ? std::string_view(entries[1 + i]->value) : std::string_view();
    store.put(std::move(keys[i]), with_id(ids, digest.id), expires);
  }
}

Task<Result<bool>> learn(Store& store, const Lesson& lesson, Deadline deadline) {
  std::vector<StoreKey> keys = first_keys(lesson.digests);
  const auto entries = co_await store.get(std::move(keys), deadline);
  if (!entries) co_return tl::unexpected<Error>(entries.error());
  std::size_t at = 1;
  for (const Digest& digest : lesson.digests) {
    learn_one(store, digest, std::span(*entries).subspan(at, key_count(digest)), lesson);
    at += key_count(digest);
  }
  // It lives as long as what lives longest.
  store.add({{any_key(), {1, 0}, lesson.now + lesson.lifetime}});
  co_return true;
}

Task<Result<bool>> forget(Store& store, const Lesson& lesson, Deadline deadline) {
  const auto found = co_await find(store, lesson.digests, deadline);
  if (!found) co_return tl::unexpected<Error>(found.error());
  std::vector<StoreKey> keys;
  for (const Match& match : found->matches) {
    if (!lesson.order.flag || match.record.flag == *lesson.order.flag) keys.push_back(record_key(match.id));
  }
  if (keys.empty()) co_return false;
  // What leads to them leads to nothing then, until it expires.
  store.forget(std::move(keys));
  co_return true;
}

}  // namespace

Task<Result<Found>> find(Store& store, std::vector<Digest> digests, Deadline deadline) {
  std::vector<StoreKey> keys = first_keys(digests);
  const auto entries = co_await store.get(std::move(keys), deadline);
  if (!entries) co_return tl::unexpected<Error>(entries.error());
  Found found;
  const Similar similar = read_first(digests, *entries, found);
  if (!similar.ids.empty()) {
    std::vector<StoreKey> record_keys;
    for (const std::string& id : similar.ids)
      record_keys.push_back(record_key(id));
    const auto records = co_await store.get(std::move(record_keys), deadline);
    if (!records) co_return tl::unexpected<Error>(records.error());
    for (std::size_t i = 0; i < similar.ids.size(); ++i)
      add_match(*similar.digest, similar.ids[i], (*records)[i], found.matches);
  }
  sort_by_share(found.matches);
  co_return found;
}

Task<Result<bool>> teach(Store& store, Lesson lesson, Deadline deadline) {
  if (lesson.digests.empty()) co_return false;
  // What waits for a store in trouble may be lost.
  if (std::string trouble = store.trouble(); !trouble.empty())
    co_return fail(Errc::unavailable, std::move(trouble));
  if (!lesson.forget) {
    const auto learned = co_await learn(store, lesson, deadline);
    co_return learned;
  }
  const auto forgotten = co_await forget(store, lesson, deadline);
  co_return forgotten;
}

}  // namespace xspamd::fuzzy
