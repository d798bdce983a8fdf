// A verdict as a postmaster reads it: the action, the sum, each symbol with its points and its reason.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "proto/verdict.h"

namespace xspamd {

// Several lines, each ended by LF.
std::string verdict_text(const Verdict& verdict);

// The thresholds that were in force, by action name.
std::map<std::string_view, Points> thresholds_of(const Verdict& verdict);

}  // namespace xspamd
