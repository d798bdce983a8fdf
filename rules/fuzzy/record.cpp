#include "rules/fuzzy/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/little_endian.h"
#include "proto/base/text.h"

namespace xspamd::fuzzy {

// "1 10.0 1750000000", a line end, and the 32 minima if it is of a text.
std::string to_bytes(const Record& record) {
  std::string bytes = fmt::format("{} {:.1f} {}\n", static_cast<int>(record.flag), record.weight,
                                  record.taught.time_since_epoch().count());
  return record.shingles ? bytes + to_bytes(*record.shingles) : bytes;
}

std::optional<Record> record_from(std::string_view bytes) {
  constexpr std::uint64_t kLatest = 253'402'300'799;  // 9999-12-31
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto words = split(bytes.substr(0, end), ' ');
  if (words.size() != 3) return std::nullopt;
  const auto flag = fuzzy_flag_from(words[0]);
  const auto weight = parse_double(words[1]);
  const auto taught = parse_unsigned(words[2]);
  if (!flag || !weight || !(*weight >= 0 && *weight <= FuzzyOrder::kMostWeight) || !taught ||
      *taught > kLatest)
    return std::nullopt;
  Record record{*flag, *weight, std::chrono::sys_seconds(std::chrono::seconds(*taught)), std::nullopt};
  bytes.remove_prefix(end + 1);
  if (bytes.empty()) return record;
  if (bytes.size() != kShingles * 4) return std::nullopt;
  record.shingles.emplace();
  for (std::size_t i = 0; i < kShingles; ++i)
    (*record.shingles)[i] = little_endian_32(bytes, i * 4);
  return record;
}

double weight_at(const Record& record, std::chrono::sys_seconds now, std::chrono::seconds lifetime) {
  const auto age = std::max(now - record.taught, std::chrono::seconds(0));
  if (age >= lifetime) return 0;
  return record.weight * static_cast<double>((lifetime - age).count()) /
         static_cast<double>(lifetime.count());
}

StoreKey any_key() {
  return {Space::fuzzy, "any"};
}

StoreKey record_key(std::string_view id) {
  return {Space::fuzzy, fmt::format("d{}", id)};
}

std::vector<StoreKey> place_keys(const Shingles& shingles) {
  const std::string bytes = to_bytes(shingles);
  std::vector<StoreKey> keys;
  for (std::size_t place = 0; place < kShingles; place += kShingles / kPlaces) {
    std::string id{'t', static_cast<char>(place)};
    id += std::string_view(bytes).substr(4 * place, 4);
    keys.push_back({Space::fuzzy, std::move(id)});
  }
  return keys;
}

std::vector<std::string_view> ids_from(std::string_view bytes) {
  std::vector<std::string_view> ids;
  for (; bytes.size() >= kDigest && ids.size() < kMostIds; bytes.remove_prefix(kDigest))
    ids.push_back(bytes.substr(0, kDigest));
  return ids;
}

std::string with_id(std::string_view bytes, std::string_view id) {
  std::string ids(id);
  for (const std::string_view other : ids_from(bytes)) {
    if (other != id && ids.size() < kMostIds * kDigest) ids += other;
  }
  return ids;
}

}  // namespace xspamd::fuzzy
