// From options to a Plan: loads configuration, tells every problem on stderr.
#pragma once

#include <memory>
#include <variant>

#include "rules/plan.h"
#include "server/options.h"

namespace xspamd {

// The plan, or the exit status 78 after the problems were told. Warnings are told and let the start go on.
std::variant<std::shared_ptr<const Plan>, int> load_plan(const Options& options);
// The same without a word: the caller tells the problems.
Planned plan_for(const Options& options);

// Runs the subcommands; the exit status.
int check_config(const Options& options);
int scan_files(const Options& options);
int serve(const Options& options, int argc, char** argv);

}  // namespace xspamd
