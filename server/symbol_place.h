// Where a symbol comes from, for a reader: the place of its table in the configuration or the name of its
// check, and where its score was changed.
#pragma once

#include <string>
#include <string_view>

#include "rules/plan.h"

namespace xspamd {

// "xspamd.toml:4", "check gtube", "the scan itself", "built-in/rules.d/headers.toml:3; score: -o"; empty for
// a symbol that the plan does not know.
std::string symbol_place(const Plan& plan, std::string_view symbol);

}  // namespace xspamd
