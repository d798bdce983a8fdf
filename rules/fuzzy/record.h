// What the store keeps under Space::fuzzy: of each digest a record, "d" and its id, which says what mail like
// it is; of a text also eight entries "t", place, minimum, which lead from one of its shingles to the records
// of the newest texts that have it too; and "any", which is there while anything is. A record fades evenly
// over the time it is kept (learn.fuzzy_expiry), counted from when it was taught last. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/fuzzy_flag.h"
#include "rules/fuzzy/digests.h"
#include "rules/store/store.h"

namespace xspamd::fuzzy {

inline constexpr std::size_t kPlaces = 8;    // of the 32 that lead to a text: one that has half of them in
                                             // common with it is missed once in 256
inline constexpr std::size_t kMostIds = 16;  // of texts that one shingle leads to

struct Record {
  FuzzyFlag flag = FuzzyFlag::denied;
  double weight = 0;  // when it was taught
  std::chrono::sys_seconds taught{};
  std::optional<Shingles> shingles;
};

std::string to_bytes(const Record& record);
std::optional<Record> record_from(std::string_view bytes);

// What is left of the weight.
double weight_at(const Record& record, std::chrono::sys_seconds now, std::chrono::seconds lifetime);

StoreKey any_key();
StoreKey record_key(std::string_view id);
std::vector<StoreKey> place_keys(const Shingles& shingles);

// The ids of an entry "t", newest first; none where the entry is none.
std::vector<std::string_view> ids_from(std::string_view bytes);
// The entry with this id in front.
std::string with_id(std::string_view bytes, std::string_view id);

}  // namespace xspamd::fuzzy
