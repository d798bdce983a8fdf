// What keeps the words that were learned from filling the table: those go that were learned least, of these
// first the ones that were not learned again for the longest time. So one that was learned once and never
// again goes before one that was learned twice, and of two alike the older. When that was, an entry's expiry
// tells, which each lesson moves; entries without one were stored before words expired and are the oldest.
// How many messages were learned stays as it is. Words that the store forgot by themselves, as their time was
// over, leave the table here and when it is loaded. A store that other servers write to has no table in
// front: it is bounded by expiry. Loop thread; ended at any moment, the store is whole and the rest can go
// later.
#pragma once

#include <cstddef>

#include "rules/learn/bayes_memory.h"

namespace xspamd {

struct TidyLimits {
  std::size_t most_tokens = BayesMemory::kMostTokens;
  std::size_t at_once = 4'096;  // tokens forgotten or asked for in one call
  std::size_t held = 65'536;    // tokens remembered from one reading of the store, 24 bytes each
  std::chrono::milliseconds between_them{5};  // for what else the loop and the store have to do
};

// Whether 95 % of the places are taken.
bool is_nearly_full(const BayesMemory& memory, const TidyLimits& limits);

struct Tidied {
  std::size_t once = 0;     // tokens dropped from store and table that one message had
  std::size_t oftener = 0;  // the same, of tokens that several had
  std::size_t gone = 0;     // tokens of the table that the store had no more
  std::size_t found = 0;    // tokens put right in the table: learned while it was full
};

// Leaves at most four fifths of limits.most_tokens in the store, and the table as the store is. Fails when
// the store cannot be read or written, or the deadline passes; what was dropped until then stays dropped.
// Store and memory must outlive it; one at a time.
Task<Result<Tidied>> drop_rare_tokens(Store& store, BayesMemory& memory, TidyLimits limits,
                                      Deadline deadline);

}  // namespace xspamd
