// Plan: the configuration made ready to run: checks in order, symbols with their scores. Immutable and
// shared; a running scan keeps the plan it began with.
#pragma once

#include <memory>
#include <vector>

#include "conf/config.h"
#include "proto/base/suffix.h"
#include "rules/auth/signing.h"
#include "rules/check.h"
#include "rules/group.h"
#include "rules/meta.h"
#include "rules/profile.h"

namespace xspamd {

struct PlannedCheck {
  const Check* check = nullptr;
  Runner runner;
  std::vector<std::size_t> after;  // places in Plan::checks
};

struct Plan {
  conf::Config config;
  SymbolTable symbols;
  std::vector<PlannedCheck> checks;  // enabled ones, and those that a profile switches on
  MetaSet metas;
  std::vector<GroupCap> caps;
  Profiles profiles;
  MapSources maps;                               // those read from files; refresh_maps() looks at them again
  std::shared_ptr<const Suffixes> suffixes;      // the public suffix list of the machine
  std::shared_ptr<const auth::Signing> signing;  // never null
  std::shared_ptr<const ListSet> lists;          // the DNS lists
  conf::CheckOptions options;                    // of every check, disabled ones too
};

struct Planned {
  std::shared_ptr<const Plan> plan;  // empty when the problems hold an error
  conf::Problems problems;
};

// Reads the options of every check, orders by `after`, then reads metas, groups and profiles and applies
// [scores]. A cycle, an unknown name or a bad option is a problem with its place.
// With `maps_may_fail` a bad map file is a warning: a server that is started again after a crash must answer.
Planned make_plan(conf::Config config, conf::Problems problems, std::span<const Check* const> checks,
                  bool maps_may_fail = false);

}  // namespace xspamd
