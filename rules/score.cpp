#include "rules/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/header.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 6> kService{{
    {"NOT_SCANNED", {}, "The message was not scanned; the configured answer for that case was given"},
    {"CHECK_FAILED", {}, "A check ended by an error of its own; the others went on"},
    {"CHECK_LATE", {}, "A check had no time left within the scan's limit"},
    {"LIMIT_MESSAGE", {}, "The message is larger than the configured limit and was not scanned"},
    {"LIMIT_HEADERS",
     {},
     "The message has more header fields than the configured limit; the rest was not looked at"},
    {"SKIPPED", {}, "The client asked for no scan"},
}};

constexpr Symbol kRounding{"ROUNDING", {}, "The total is rounded down to a tenth"};

std::string_view service_about(std::string_view symbol) {
  const auto found =
      std::find_if(kService.begin(), kService.end(), [&](const Symbol& s) { return s.name == symbol; });
  return found == kService.end() ? std::string_view() : found->about;
}

Score service_score(std::string_view symbol, std::vector<std::string> options) {
  return {std::string(symbol), "service", std::string(service_about(symbol)), {}, std::move(options)};
}

Score score_of(const Plan& plan, const Hit& hit) {
  const auto entry = plan.symbols.find(hit.symbol);
  if (entry == plan.symbols.end()) return service_score(hit.symbol, hit.options);
  const SymbolEntry& symbol = entry->second;
  return {std::string(hit.symbol), symbol.group, symbol.about, weighted(symbol.score, hit.weight),
          hit.options};
}

// One line for each symbol: a second hit of the same adds its options and its value.
void add_score(std::vector<Score>& scores, Score next) {
  const auto same =
      std::find_if(scores.begin(), scores.end(), [&](const Score& s) { return s.symbol == next.symbol; });
  if (same == scores.end()) return scores.push_back(std::move(next));
  same->value += next.value;
  for (std::string& option : next.options)
    same->options.push_back(std::move(option));
}

void total_up(Verdict& verdict) {
  Points sum;
  for (const Score& score : verdict.scores)
    sum += score.value;
  verdict.score = clamp(floor_to_tenth(sum));
  if (verdict.score == sum) return;
  verdict.scores.push_back(
      {std::string(kRounding.name), "service", std::string(kRounding.about), verdict.score - sum, {}});
}

Action action_for(const conf::Actions& actions, Points score) {
  Action action = Action::no_action;
  for (const Action candidate :
       {Action::greylist, Action::add_header, Action::rewrite_subject, Action::soft_reject, Action::reject}) {
    const auto threshold = actions.threshold(candidate);
    if (threshold && score >= *threshold) action = candidate;
  }
  return action;
}

std::string rewritten_subject(std::string_view subject_template, const Message& message) {
  const Field* field = message.first("Subject");
  const std::string subject = field == nullptr ? std::string() : decoded(*field);
  std::string text(subject_template);
  const std::size_t at = text.find("%s");
  if (at != std::string::npos) text.replace(at, 2, subject);
  return text;
}

Verdict unscanned_verdict(const conf::Config& config, std::string_view symbol, std::string option) {
  Verdict verdict;
  verdict.required = required_points(config.actions, config.exim.required);
  verdict.reject_at = required_points(config.actions, Action::reject);
  std::vector<std::string> options;
  if (!option.empty()) options.push_back(std::move(option));
  verdict.scores.push_back(service_score(symbol, std::move(options)));
  return verdict;
}

constexpr std::string_view kTryLater = "Try again later";

// The symbols that tell what the scan did not do.
void add_service_scores(Verdict& verdict, const Scan& scan) {
  if (!scan.late.empty()) verdict.scores.push_back(service_score("CHECK_LATE", scan.late));
  if (scan.mail.message.defects().has(Defect::headers_over_limit)) {
    verdict.scores.push_back(service_score("LIMIT_HEADERS", {}));
  }
}

}  // namespace

std::span<const Symbol> service_symbols() {
  return kService;
}

Points required_points(const conf::Actions& actions, Action action) {
  if (const auto threshold = actions.threshold(action)) return *threshold;
  std::optional<Points> highest;
  for (const Action other :
       {Action::greylist, Action::add_header, Action::rewrite_subject, Action::soft_reject, Action::reject}) {
    const auto threshold = actions.threshold(other);
    if (threshold && (!highest || *threshold > *highest)) highest = threshold;
  }
  return highest.value_or(kMaxPoints);
}

Verdict score(const Plan& plan, const Scan& scan) {
  const conf::Config& config = plan.config;
  Verdict verdict;
  verdict.required = required_points(config.actions, config.exim.required);
  verdict.reject_at = required_points(config.actions, Action::reject);
  for (const Hit& hit : scan.hits.list)
    add_score(verdict.scores, score_of(plan, hit));
  // GTUBE alone counts: it ended the scan, and its value is the reject threshold.
  const bool gtube = scan.hits.decision && scan.hits.decision->by == "GTUBE";
  if (gtube) {
    std::erase_if(verdict.scores, [](const Score& s) { return s.symbol != "GTUBE"; });
    for (Score& only : verdict.scores)
      only.value = config.actions.reject.value_or(Points{15000});
  }
  add_service_scores(verdict, scan);
  total_up(verdict);

  verdict.action = action_for(config.actions, verdict.score);
  if (scan.hits.decision) {
    verdict.action = scan.hits.decision->action;
    verdict.forced_by = scan.hits.decision->by;
    verdict.message = scan.hits.decision->message;
  } else if (!scan.late.empty() && config.actions.soft_reject_on_timeout &&
             verdict.action < Action::soft_reject) {
    verdict.action = Action::soft_reject;
    verdict.forced_by = "CHECK_LATE";
  }
  if (verdict.action == Action::soft_reject && verdict.message.empty()) verdict.message = kTryLater;
  verdict.subject = rewritten_subject(config.actions.subject, scan.mail.message);
  verdict.message_id = scan.mail.message.message_id();
  verdict.skipped = scan.skipped;
  verdict.timings = scan.timings;
  return verdict;
}

Verdict failure_verdict(const conf::Config& config, std::string_view why) {
  Verdict verdict = unscanned_verdict(config, "NOT_SCANNED", std::string(why));
  verdict.action = config.actions.on_failure;
  verdict.forced_by = "NOT_SCANNED";
  if (verdict.action == Action::soft_reject) verdict.message = kTryLater;
  return verdict;
}

Verdict passing_verdict(const conf::Config& config, std::string_view symbol, std::string option) {
  return unscanned_verdict(config, symbol, std::move(option));
}

}  // namespace xspamd
