// What a fuzz target holds true whatever the input: an invariant that is broken is a finding.
#pragma once

#include <cstdlib>

inline void require(bool invariant) {
  if (!invariant) std::abort();
}
