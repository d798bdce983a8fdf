// Memory: what outlives messages, as scans see it. Loop thread.
#pragma once

#include <memory>

#include "rules/learn/bayes_memory.h"
#include "rules/store/store.h"

namespace xspamd {

struct Memory {
  std::shared_ptr<Store> store;        // may be null: nothing is kept
  std::shared_ptr<BayesMemory> bayes;  // may be null: nothing is known
};

}  // namespace xspamd
