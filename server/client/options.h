// The command line of xspamc. Every usage error has been told on stderr when parse_options returns a status.
// CLI11 appears in options.cpp alone.
#pragma once

#include <variant>

#include "server/client/filter_command.h"
#include "server/client/learn_command.h"
#include "server/client/mark_command.h"
#include "server/client/scan_command.h"

namespace xspamd::client {

// What to do, or the exit status of a program that has nothing more to do (help, version, usage error).
using Order = std::variant<int, LearnOptions, ScanOptions, MarkOptions, FilterOptions>;

Order parse_options(int argc, const char* const* argv);

}  // namespace xspamd::client
