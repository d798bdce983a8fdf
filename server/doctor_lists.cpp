#include "server/doctor_lists.h"

#include <fmt/format.h>

#include <asio/io_context.hpp>
#include <exception>

#include "rules/io/resolver.h"
#include "rules/lists/list_trial.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

Task<> run_trials(Dns& dns, const ListSet& set, std::vector<ListTrial>& trials) {
  trials = co_await try_lists(dns, set, Clock::now() + kListTrialTime);
}

std::vector<ListTrial> trials_of(const Plan& plan) {
  asio::io_context loop(1);
  Resolver resolver(loop.get_executor(), plan.config.dns);
  std::vector<ListTrial> trials;
  run_alone(loop, run_trials(resolver, *plan.lists, trials));
  return trials;
}

std::string help_for(const List& list, ListTrial::Outcome outcome) {
  using Outcome = ListTrial::Outcome;
  if (outcome == Outcome::refused)
    return "use a resolver of your own in dns.servers, or a key of the operator's";
  if (outcome == Outcome::unknown) return "look at dns.servers; mail is judged without it meanwhile";
  return fmt::format("if that stays so, switch it off: [lists.{}] enabled = false", list.name);
}

}  // namespace

void examine_lists(const Plan& plan, Findings& findings) {
  if (!plan.lists->any_asked()) return findings.ok("lists: none is asked");
  try {
    for (const ListTrial& trial : trials_of(plan)) {
      const bool fine =
          trial.outcome == ListTrial::Outcome::fine || trial.outcome == ListTrial::Outcome::untested;
      const std::string text =
          fmt::format("list {} ({}) {}", trial.list->name, trial.list->zone_shown, describe(trial));
      if (fine) {
        findings.ok(text);
      } else {
        findings.warn(text, help_for(*trial.list, trial.outcome));
      }
    }
  } catch (const std::exception& error) {
    findings.problem("lists", error.what());
  }
}

}  // namespace xspamd
