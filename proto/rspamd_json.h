// The JSON object that rspamd answers to /checkv2, as its clients read it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "proto/verdict.h"

namespace xspamd {

// One line, valid UTF-8 whatever the message held. `thresholds`: the actions that are on.
std::string to_rspamd_json(const Verdict& verdict, const std::map<std::string_view, Points>& thresholds);

}  // namespace xspamd
