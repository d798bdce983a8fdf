// Plan: the configuration made ready to run: checks in order, symbols with their scores. Immutable and
// shared; a running scan keeps the plan it began with.
#pragma once

#include <memory>
#include <vector>

#include "conf/config.h"
#include "rules/check.h"

namespace xspamd {

struct PlannedCheck {
  const Check* check = nullptr;
  Runner runner;
  std::vector<std::size_t> after;  // places in Plan::checks
};

struct Plan {
  conf::Config config;
  SymbolTable symbols;
  std::vector<PlannedCheck> checks;  // enabled ones
};

struct Planned {
  std::shared_ptr<const Plan> plan;  // empty when the problems hold an error
  conf::Problems problems;
};

// Reads the options of every check, applies [scores], orders by `after`. A cycle, an unknown name or a bad
// option is a problem with its place.
Planned make_plan(conf::Config config, conf::Problems problems, std::span<const Check* const> checks);

}  // namespace xspamd
