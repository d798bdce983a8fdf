// The command `doctor`: whether this machine is fit to serve, one line a finding.
#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "server/commands.h"
#include "server/doctor_dns.h"
#include "server/doctor_lists.h"
#include "server/findings.h"

namespace xspamd {

namespace {

std::string_view name(Finding::Level level) {
  switch (level) {
    case Finding::Level::ok:
      return "OK";
    case Finding::Level::warn:
      return "WARN";
    case Finding::Level::problem:
      return "PROBLEM";
  }
  return "";
}

void add_configuration(const Planned& planned, Findings& findings) {
  for (const conf::Problem& problem : planned.problems.list()) {
    const std::string text = fmt::format("configuration: {}", to_string(problem.origin));
    if (problem.warning) {
      findings.warn(text, problem.sentence);
    } else {
      findings.problem(text, problem.sentence);
    }
  }
  if (!planned.plan) return;
  const std::string& file = planned.plan->config.file;
  findings.ok(fmt::format("configuration: {}, {} checks, {} symbols",
                          file.empty() ? "built-in defaults" : file, planned.plan->checks.size(),
                          planned.plan->symbols.size()));
}

int run(const Options& options) {
  const Planned planned = plan_for(options);
  Findings findings;
  add_configuration(planned, findings);
  if (planned.plan) {
    examine_machine(planned.plan->config, findings);
    examine_exim(findings);
    examine_dns(planned.plan->config, findings);
    examine_lists(*planned.plan, findings);
  }
  for (const Finding& finding : findings.list()) {
    const std::string help = finding.help.empty() ? "" : ": " + finding.help;
    fmt::print("{:<7} {}\n", name(finding.level), printable(finding.text + help));
  }
  if (!planned.plan) return kBadConfig;
  const bool sick = std::any_of(findings.list().begin(), findings.list().end(), [](const Finding& finding) {
    return finding.level == Finding::Level::problem;
  });
  return sick ? kProblem : kFine;
}

}  // namespace

extern const Subcommand doctor_command;
const Subcommand doctor_command{
    .name = "doctor", .about = "Examine configuration, machine and Exim, and say what to do", .run = run};

}  // namespace xspamd
