#include "server/verdict_text.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/symbol_list.h"

namespace xspamd {

namespace {

double milliseconds(Timings::Microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

}  // namespace

std::map<std::string_view, Points> thresholds_of(const Verdict& verdict) {
  std::map<std::string_view, Points> thresholds;
  for (const auto& [action, points] : verdict.thresholds)
    thresholds[name(action)] = points;
  return thresholds;
}

std::string verdict_text(const Verdict& verdict) {
  std::string text = fmt::format("action: {}", name(verdict.action));
  if (!verdict.forced_by.empty()) text += fmt::format(" (decided by {})", verdict.forced_by);
  std::vector<std::string> thresholds;
  for (const auto& [action, points] : verdict.thresholds)
    thresholds.push_back(fmt::format("{} at {}", name(action), to_tenths(points)));
  text += fmt::format("\nscore:  {} ({})\n", to_tenths(verdict.score), fmt::join(thresholds, ", "));
  for (const Score* score : by_weight(verdict.scores)) {
    const std::string options = options_text(score->options);
    const std::string symbol =
        options.empty() ? score->symbol : fmt::format("{}[{}]", score->symbol, options);
    text += fmt::format("{:>8} {:<24} {}\n", to_text(score->value), symbol, printable(score->about));
  }
  for (const Skipped& skipped : verdict.skipped)
    text += fmt::format("skipped: {}, {}\n", skipped.check, skipped.why);
  if (!verdict.authentication_results.empty())
    text += fmt::format("Authentication-Results: {}\n", verdict.authentication_results);
  if (!verdict.message.empty()) text += fmt::format("message: {}\n", printable(verdict.message));
  text +=
      fmt::format("time:   {:.2f} ms (parse {:.2f}, checks {:.2f})\n", milliseconds(verdict.timings.total),
                  milliseconds(verdict.timings.parse), milliseconds(verdict.timings.checks));
  return text;
}

}  // namespace xspamd
