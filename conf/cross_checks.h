// What settings say together: times that do not add up are errors, what can never come into effect is a
// warning.
#pragma once

#include "conf/config.h"

namespace xspamd::conf {

void cross_check(const Config& config, Problems& problems);

}  // namespace xspamd::conf
