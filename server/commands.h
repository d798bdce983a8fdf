// The commands of the program, and what they begin with: from options to a Plan.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include "rules/plan.h"
#include "server/options.h"

namespace xspamd {

// Every command there is, in the order of the help.
std::span<const Subcommand* const> all_commands();

// The plan, or the exit status 78 after the problems were told. Warnings are told and let the start go on.
std::variant<std::shared_ptr<const Plan>, int> load_plan(const Options& options);
// The same without a word: the caller tells the problems.
Planned plan_for(const Options& options, bool maps_may_fail = false);

// No command: serves until it is told to stop; the exit status.
int serve(const Options& options, int argc, char** argv);

// `xspamd spamd WORDS...`: the same with spamd's command line, of which `argv` is all behind that word.
int run_spamd(int argc, char** argv);

}  // namespace xspamd
