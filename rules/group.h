// Groups: [groups.NAME] max_score is the most points that the symbols of a group add up to. What is over it
// is taken back by a line of its own, CAP_NAME, so that the printed values go on adding up.
#pragma once

#include <string>
#include <vector>

#include "rules/check.h"

namespace xspamd {

struct GroupCap {
  std::string group;
  std::string line;  // "CAP_SUBJECT"
  std::string about;
  Points max_score;
};

// Reads every [groups.NAME]; a group that no symbol has is a problem with its place. Called when all symbols
// are there.
std::vector<GroupCap> read_groups(Services& services);

// Adds a line for each group whose values, those below 0 too, add up to more than its cap.
void apply_caps(const std::vector<GroupCap>& caps, std::vector<Score>& scores);

}  // namespace xspamd
