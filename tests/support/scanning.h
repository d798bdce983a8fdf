// Scans for tests: a message and its envelope through a plan, and the verdict as text.
#pragma once

#include <memory>
#include <string>

#include "rules/engine.h"
#include "rules/score.h"

namespace xspamd::test {

// A scan that has ended, before the arithmetic. The deadline is an hour away unless it is told.
std::unique_ptr<Scan> scan_with(const std::shared_ptr<const Plan>& plan, Request request);
std::unique_ptr<Scan> scan_with(const std::shared_ptr<const Plan>& plan, Request request, Deadline deadline);

// A scan that no check has looked at, to put hits into.
std::unique_ptr<Scan> fresh_scan(const Plan& plan, Request request = {});

Request request_of(std::string body, Envelope envelope = {});

// "reject 15.0: GTUBE(15.00) OTHER(0.10)[x]", the largest first; "(by NAME)" behind a forced action.
std::string rendered(const Verdict& verdict);
// The symbols and their options alone, in the order they hit: "A B[x, y] Cx2".
std::string rendered(const Hits& hits);

}  // namespace xspamd::test
