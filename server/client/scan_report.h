// A verdict as rspamc 3.4 prints it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "proto/verdict.h"

namespace xspamd::client {

// What rspamc calls spam in its headers: a deferred or greylisted message is none yet.
bool is_spam(Action action);

// "7.50 / 15.00"
std::string score_text(const Verdict& verdict);

// The paragraph of one message, with an empty line at its end. Symbols stand in the order of their names.
std::string scan_report(std::string_view file, const Verdict& verdict, std::chrono::milliseconds took);

// One line: the object that rspamd's /checkv2 answers.
std::string scan_json(const Verdict& verdict, std::chrono::milliseconds took);

}  // namespace xspamd::client
