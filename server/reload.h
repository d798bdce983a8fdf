// What a reload can't change in a running server.
#pragma once

#include <string_view>
#include <vector>

#include "conf/config.h"

namespace xspamd {

// The keys whose values differ and that take effect only at a restart.
std::vector<std::string_view> keys_that_need_a_restart(const conf::Config& now, const conf::Config& next);

}  // namespace xspamd
