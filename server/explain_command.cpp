// The command `explain`: like `scan`, with everything that is known about each verdict.
#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/symbol_list.h"
#include "server/file_scan.h"
#include "server/symbol_place.h"

namespace xspamd {

namespace {

constexpr Action kThresholds[] = {Action::greylist, Action::add_header, Action::rewrite_subject,
                                  Action::soft_reject, Action::reject};

double milliseconds(Timings::Microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

// The thresholds are those of the verdict: a profile may have set them.
void show_decision(const Verdict& verdict) {
  fmt::print("action: {}", name(verdict.action));
  if (!verdict.forced_by.empty()) fmt::print(", decided by {} whatever the score", verdict.forced_by);
  fmt::print("\nscore:  {}\n\nthresholds\n", to_tenths(verdict.score));
  for (const Action action : kThresholds) {
    const auto points = verdict.thresholds.find(action);
    if (points == verdict.thresholds.end()) {
      fmt::print("{:>8} {}\n", "off", name(action));
    } else {
      fmt::print("{:>8} {}, {}\n", to_tenths(points->second), name(action),
                 verdict.score >= points->second ? "reached" : "not reached");
    }
  }
}

void show_symbols(const Verdict& verdict, const Plan& plan) {
  fmt::print("\nsymbols\n");
  if (verdict.scores.empty()) fmt::print("         none\n");
  for (const Score* score : by_weight(verdict.scores)) {
    fmt::print("{:>8} {}\n", to_text(score->value), score->symbol);
    if (!score->about.empty()) fmt::print("         {}\n", printable(score->about));
    for (const std::string& option : score->options)
      fmt::print("         found: {}\n", printable(option));
    const std::string place = symbol_place(plan, score->symbol);
    if (!place.empty()) fmt::print("         from: {}\n", printable(place));
  }
}

void show_rest(const FileScan& scan) {
  const Verdict& verdict = scan.verdict;
  fmt::print("\nskipped\n");
  if (verdict.skipped.empty()) fmt::print("         nothing\n");
  for (const Skipped& skipped : verdict.skipped)
    fmt::print("         {}: {}\n", skipped.check, printable(skipped.why));
  if (!verdict.authentication_results.empty())
    fmt::print("\nAuthentication-Results: {}\n", verdict.authentication_results);
  const Timings& time = verdict.timings;
  fmt::print("\ntime\n{:>8.2f} ms parse\n{:>8.2f} ms checks\n{:>8.2f} ms in all\n", milliseconds(time.parse),
             milliseconds(time.checks), milliseconds(time.total));
  if (!scan.scan->notes.empty()) fmt::print("\nnotes\n");
  for (const std::string& note : scan.scan->notes)
    fmt::print("         {}\n", printable(note));
  if (!verdict.message.empty()) fmt::print("\nSMTP reply: {}\n", printable(verdict.message));
  if (!verdict.subject.empty()) fmt::print("\nnew subject: {}\n", printable(verdict.subject));
}

int run(const Options& options) {
  bool first = true;
  return scan_files(options, [&](const FileScan& scan) {
    fmt::print("{}{}\n", first ? "" : "\n", scan.file);
    first = false;
    show_decision(scan.verdict);
    show_symbols(scan.verdict, scan.plan);
    show_rest(scan);
    return kFine;
  });
}

}  // namespace

extern const Subcommand explain_command;
const Subcommand explain_command{.name = "explain",
                                 .about = "Scan messages and show everything about their verdicts",
                                 .shared = kScanArguments,
                                 .run = run};

}  // namespace xspamd
