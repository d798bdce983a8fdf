// What the store knows of a message's digests: looked for, learned, forgotten. Loop thread. Fails as the
// store does; the store must live until the end.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/fuzzy/record.h"
#include "rules/io/task.h"

namespace xspamd::fuzzy {

struct Match {
  std::string id;  // of what was learned
  Kind kind = Kind::text;
  Record record;
  double share = 1;  // of the shingles that both have; 1: the same
};

struct Found {
  std::vector<Match> matches;  // the largest share first
  bool is_empty = false;       // nothing at all was learned
};

// Texts that may be like one of these are at most kMostCandidates.
inline constexpr std::size_t kMostCandidates = 32;
Task<Result<Found>> find(Store& store, std::vector<Digest> digests, Deadline deadline);

struct Lesson {
  std::vector<Digest> digests;
  FuzzyOrder order;
  bool forget = false;  // all that find() finds for it
  std::chrono::sys_seconds now{};
  std::chrono::seconds lifetime{};
};

// Whether anything was learned or forgotten. Two servers, or two that teach one, at the same moment may lose
// the weight of one of the two.
Task<Result<bool>> teach(Store& store, Lesson lesson, Deadline deadline);

}  // namespace xspamd::fuzzy
