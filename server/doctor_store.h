// What `doctor` finds about a store that is a service: whether it answers.
#pragma once

#include "conf/config.h"
#include "server/findings.h"

namespace xspamd {

// Nothing for stores that are files or memory.
void examine_store_service(const conf::Config& config, Findings& findings);

}  // namespace xspamd
