// What `doctor` finds about the DNS servers: which answer, how fast, and whether they tell the truth about
// names that do not exist. Asks them, on a loop of its own; returns within the time of a few tries a server.
#pragma once

#include "conf/config.h"
#include "server/findings.h"

namespace xspamd {

void examine_dns(const conf::Config& config, Findings& findings);

}  // namespace xspamd
