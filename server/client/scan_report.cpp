#include "server/client/scan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "proto/base/text.h"
#include "proto/rspamd_json.h"
#include "proto/symbol_list.h"

namespace xspamd::client {

namespace {

std::string heading(std::string_view file, std::chrono::milliseconds took) {
  return fmt::format("Results for file: {} ({:.3f} seconds)\n", file,
                     std::chrono::duration<double>(took).count());
}

std::vector<const Score*> by_name(const std::vector<Score>& scores) {
  std::vector<const Score*> sorted;
  for (const Score& score : scores)
    sorted.push_back(&score);
  std::ranges::stable_sort(sorted, {},
                           [](const Score* score) -> const std::string& { return score->symbol; });
  return sorted;
}

std::string symbol_line(const Score& score) {
  const std::string options = options_text(score.options);
  return fmt::format("Symbol: {} ({}){}\n", printable(score.symbol), to_text(score.value),
                     options.empty() ? "" : fmt::format("[{}]", options));
}

}  // namespace

bool is_spam(Action action) {
  return action >= Action::add_header && action != Action::soft_reject;
}

std::string score_text(const Verdict& verdict) {
  return fmt::format("{} / {}", to_text(verdict.score), to_text(verdict.reject_at));
}

std::string scan_report(std::string_view file, const Verdict& verdict, std::chrono::milliseconds took) {
  std::string text = heading(file, took);
  text += fmt::format("[Metric: default]\nAction: {}\nSpam: {}\nScore: {}\n", name(verdict.action),
                      verdict.action >= Action::add_header, score_text(verdict));
  for (const Score* score : by_name(verdict.scores))
    text += symbol_line(*score);
  text +=
      fmt::format("Message-ID: {}\n", verdict.message_id.empty() ? "undef" : printable(verdict.message_id));
  if (!verdict.message.empty())
    text += fmt::format("Message - smtp_message: {}\n", printable(verdict.message));
  if (verdict.action == Action::rewrite_subject)
    text += fmt::format("Subject: {}\n", printable(verdict.subject));
  return text + '\n';
}

std::string scan_json(const Verdict& verdict, std::chrono::milliseconds took) {
  Verdict timed = verdict;
  timed.timings.total = took;
  std::map<std::string_view, Points> thresholds;
  for (const auto& [action, points] : verdict.thresholds)
    thresholds[name(action)] = points;
  return to_rspamd_json(timed, thresholds);
}

}  // namespace xspamd::client
