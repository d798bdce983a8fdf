// What `doctor` says of DNS lists: who is asked, and how each answers its test entries.
#pragma once

#include "server/findings.h"

namespace xspamd {

void examine_lists(const Plan& plan, Findings& findings);

}  // namespace xspamd
