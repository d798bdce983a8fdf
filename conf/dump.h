// The configuration in force, printed as TOML that can be fed back. Keys and passwords are never shown: "***"
// stands for them.
#pragma once

#include <string>

#include "conf/config.h"
#include "conf/section.h"

namespace xspamd::conf {

struct DumpStyle {
  bool origin = false;  // behind each value the place where it was written
  bool rules = false;   // also the rules, metas, maps, lists, groups and profiles that came with the program
};

// `options` are those of every check: what nobody has set is printed with its default. Ends with LF.
std::string dump(const Config& config, const CheckOptions& options, DumpStyle style);

}  // namespace xspamd::conf
