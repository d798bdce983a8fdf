// From a message to what is learned of it. Pure; for a pool thread.
#pragma once

#include <string>

#include "conf/config.h"
#include "rules/check.h"
#include "rules/learn/learner.h"

namespace xspamd {

// Without its class. `owner`: see rules/learn/owner.h.
Lesson lesson_of(const Mail& mail, const std::string& owner, const conf::Learn& learn);

}  // namespace xspamd
