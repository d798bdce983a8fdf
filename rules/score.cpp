#include "rules/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "proto/authres.h"
#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "rules/auth/results.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 16> kService{{
    {"NOT_SCANNED", {}, "The message was not scanned; the configured answer for that case was given"},
    {"CHECK_FAILED", {}, "A check ended by an error of its own; the others went on"},
    {"CHECK_LATE", {}, "A check had no time left within the scan's limit"},
    {"DNS_UNAVAILABLE", {}, "These checks could not learn from the DNS what they need, and say nothing"},
    {"STORE_UNAVAILABLE", {}, "These checks could not read what was learned before, and say nothing"},
    {"LIMIT_MESSAGE", {}, "The message is larger than the configured limit and was not scanned"},
    {"LIMIT_MATCH", {}, "A rule's pattern reached its match limit on this message; the rule was passed over"},
    {"LIMIT_HEADERS",
     {},
     "The message has more header fields than the configured limit; the rest was not looked at"},
    {"LIMIT_PARTS", {}, "The message has more MIME parts than the configured limit; the rest was not read"},
    {"LIMIT_DEPTH",
     {},
     "MIME parts are nested deeper than the configured limit; the innermost were not read"},
    {"LIMIT_TEXT", {}, "The message has more text than the configured limit; the rest was not read"},
    {"LIMIT_URLS", {}, "The message has more URLs than the configured limit; the rest was not looked at"},
    {"LIMIT_HTML_DEPTH",
     {},
     "HTML is nested deeper than the configured limit; the innermost was read as flat"},
    {"LIMIT_ARCHIVE", {}, "An archive holds more than the configured limit; the rest was not listed"},
    {"SKIPPED", {}, "The client asked for no scan"},
    {"PROFILE", {}, "Settings of these profiles were used, not the general ones"},
}};

struct CutBy {
  Defect defect;
  std::string_view symbol;
};
constexpr std::array<CutBy, 7> kCuts{{{Defect::headers_over_limit, "LIMIT_HEADERS"},
                                      {Defect::parts_over_limit, "LIMIT_PARTS"},
                                      {Defect::depth_over_limit, "LIMIT_DEPTH"},
                                      {Defect::text_over_limit, "LIMIT_TEXT"},
                                      {Defect::urls_over_limit, "LIMIT_URLS"},
                                      {Defect::html_over_limit, "LIMIT_HTML_DEPTH"},
                                      {Defect::archive_over_limit, "LIMIT_ARCHIVE"}}};

constexpr Symbol kRounding{"ROUNDING", {}, "The total is rounded down to a tenth"};

std::string_view service_about(std::string_view symbol) {
  const auto found =
      std::find_if(kService.begin(), kService.end(), [&](const Symbol& s) { return s.name == symbol; });
  return found == kService.end() ? std::string_view() : found->about;
}

Score service_score(std::string_view symbol, std::vector<std::string> options) {
  return {std::string(symbol), "service", std::string(service_about(symbol)), {}, std::move(options)};
}

Score score_of(const Plan& plan, const Profile& profile, const Hit& hit) {
  const auto entry = plan.symbols.find(hit.symbol);
  if (entry == plan.symbols.end()) return service_score(hit.symbol, hit.options);
  const SymbolEntry& symbol = entry->second;
  const auto replaced = profile.scores.find(hit.symbol);
  const Points points = replaced == profile.scores.end() ? symbol.score : replaced->second;
  return {std::string(hit.symbol), symbol.group, symbol.about,
          hit.value.value_or(weighted(points, hit.weight)), hit.options};
}

// One line for each symbol: a second hit of the same adds its options and its value. Finds by an index, as a
// site may have thousands of rules and a message may hit them all.
class ScoreList {
 public:
  void add(Score next) {
    const auto [place, fresh] = places_.try_emplace(next.symbol, scores_.size());
    if (fresh) return scores_.push_back(std::move(next));
    Score& same = scores_[place->second];
    same.value += next.value;
    for (std::string& option : next.options)
      same.options.push_back(std::move(option));
  }
  std::vector<Score> take() { return std::move(scores_); }

 private:
  std::vector<Score> scores_;
  std::unordered_map<std::string, std::size_t> places_;
};

void total_up(Verdict& verdict) {
  Points sum;
  for (const Score& score : verdict.scores)
    sum += score.value;
  verdict.score = clamp(floor_to_tenth(sum));
  if (verdict.score == sum) return;
  verdict.scores.push_back(
      {std::string(kRounding.name), "service", std::string(kRounding.about), verdict.score - sum, {}});
}

Action action_for(const Thresholds& thresholds, Points score) {
  Action action = Action::no_action;
  for (const auto& [candidate, threshold] : thresholds) {
    if (score >= threshold) action = candidate;
  }
  return action;
}

// What the verdict says about thresholds.
void add_thresholds(Verdict& verdict, const conf::Config& config, const Thresholds& thresholds) {
  verdict.thresholds = thresholds;
  verdict.required = required_points(thresholds, config.exim.required);
  verdict.reject_at = required_points(thresholds, Action::reject);
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
  add_thresholds(verdict, config, thresholds_in(config.actions));
  std::vector<std::string> options;
  if (!option.empty()) options.push_back(std::move(option));
  verdict.scores.push_back(service_score(symbol, std::move(options)));
  return verdict;
}

constexpr std::string_view kTryLater = "Try again later";

// "2 checks skipped: spf dkim"
std::string skipped_option(const std::vector<Skipped>& skipped) {
  std::set<std::string_view> names;
  for (const Skipped& each : skipped)
    names.insert(each.check);
  return fmt::format("{} check{} skipped: {}", names.size(), names.size() == 1 ? "" : "s",
                     fmt::join(names, " "));
}

// What counts: the hits of symbols that are on, and those that tell what the scan did not do.
std::vector<Hit> counted_hits(const Scan& scan) {
  std::vector<Hit> hits;
  for (const Hit& hit : scan.hits.list) {
    if (scan.profile.is_on(hit.symbol)) hits.push_back(hit);
  }
  // GTUBE alone counts: it ended the scan, and its value is the reject threshold.
  if (scan.hits.decision && scan.hits.decision->by == "GTUBE") {
    std::erase_if(hits, [](const Hit& hit) { return hit.symbol != "GTUBE"; });
    const auto reject = scan.profile.thresholds.find(Action::reject);
    for (Hit& only : hits)
      only.value = reject == scan.profile.thresholds.end() ? Points{15000} : reject->second;
  }
  if (!scan.late.empty()) hits.push_back({"CHECK_LATE", 1, scan.late});
  if (!scan.skipped.empty()) hits.push_back({"DNS_UNAVAILABLE", 1, {skipped_option(scan.skipped)}});
  if (!scan.store_failed.empty())
    hits.push_back({"STORE_UNAVAILABLE", 1, {scan.store_failed.begin(), scan.store_failed.end()}});
  for (const CutBy& cut : kCuts) {
    if (scan.mail.message.defects().has(cut.defect)) hits.push_back({cut.symbol, 1, {}});
  }
  if (!scan.profile.names.empty()) hits.push_back({"PROFILE", 1, scan.profile.names});
  return hits;
}

// Symbols of checks that could not say anything: no network, no time, or an error of their own; and those
// that a check did not learn.
std::vector<std::string_view> unknown_symbols(const Plan& plan, const Scan& scan) {
  std::vector<std::string_view> silent(scan.late.begin(), scan.late.end());
  for (const Skipped& skipped : scan.skipped)
    silent.push_back(skipped.check);
  silent.insert(silent.end(), scan.store_failed.begin(), scan.store_failed.end());
  for (const Hit& hit : scan.hits.list) {
    if (hit.symbol == "CHECK_FAILED") silent.insert(silent.end(), hit.options.begin(), hit.options.end());
  }
  std::vector<std::string_view> symbols(scan.unsure.begin(), scan.unsure.end());
  for (const PlannedCheck& planned : plan.checks) {
    if (std::find(silent.begin(), silent.end(), planned.check->name) == silent.end()) continue;
    for (const Symbol& symbol : planned.check->symbols)
      symbols.push_back(symbol.name);
  }
  return symbols;
}

std::vector<const Meta*> metas_that_hit(const Plan& plan, const Scan& scan, const std::vector<Hit>& hits) {
  if (scan.cut_short) return {};
  const auto is_on = [&](std::string_view symbol) {
    return scan.profile.is_on(symbol);
  };
  return plan.metas.hits(hits, is_on, unknown_symbols(plan, scan));
}

// The lines of hits and metas; parts have none.
std::vector<Score> lines_of(const Plan& plan, const Scan& scan, const std::vector<Hit>& hits,
                            const std::vector<const Meta*>& metas) {
  ScoreList list;
  for (const Hit& hit : hits) {
    if (!is_part(hit.symbol)) list.add(score_of(plan, scan.profile, hit));
  }
  for (const Meta* meta : metas) {
    if (is_part(meta->symbol)) continue;
    const Hit hit = meta->shadow ? Hit{meta->symbol, 0, {"shadow"}} : Hit{meta->symbol, 1, {}};
    list.add(score_of(plan, scan.profile, hit));
  }
  std::vector<Score> scores = list.take();
  apply_metas(metas, scores);
  return scores;
}

// What the action is, and what else than the score decided it: a check, else a meta, else the time.
void add_action(Verdict& verdict, const conf::Config& config, const Scan& scan, const Meta* meta) {
  verdict.action = action_for(verdict.thresholds, verdict.score);
  if (scan.hits.decision) {
    verdict.action = scan.hits.decision->action;
    verdict.forced_by = scan.hits.decision->by;
    verdict.message = scan.hits.decision->message;
  } else if (meta != nullptr) {
    verdict.action = *meta->action;
    verdict.forced_by = meta->symbol;
    verdict.message = meta->message;
  } else if (!scan.late.empty() && config.actions.soft_reject_on_timeout &&
             verdict.action < Action::soft_reject) {
    verdict.action = Action::soft_reject;
    verdict.forced_by = "CHECK_LATE";
  }
  if (verdict.action == Action::soft_reject && verdict.message.empty()) verdict.message = kTryLater;
}

}  // namespace

std::span<const Symbol> service_symbols() {
  return kService;
}

Thresholds thresholds_in(const conf::Actions& actions) {
  Thresholds thresholds;
  for (const Action action :
       {Action::greylist, Action::add_header, Action::rewrite_subject, Action::soft_reject, Action::reject}) {
    if (const auto points = actions.threshold(action)) thresholds[action] = *points;
  }
  return thresholds;
}

Points required_points(const Thresholds& thresholds, Action action) {
  const auto found = thresholds.find(action);
  if (found != thresholds.end()) return found->second;
  if (thresholds.empty()) return kMaxPoints;
  return std::max_element(thresholds.begin(), thresholds.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->second;
}

Points required_points(const conf::Actions& actions, Action action) {
  return required_points(thresholds_in(actions), action);
}

Verdict score(const Plan& plan, const Scan& scan) {
  const conf::Config& config = plan.config;
  Verdict verdict;
  add_thresholds(verdict, config, scan.profile.thresholds);
  const auto hits = counted_hits(scan);
  const auto metas = metas_that_hit(plan, scan, hits);
  verdict.scores = lines_of(plan, scan, hits, metas);
  if (!scan.cut_short) apply_caps(plan.caps, verdict.scores);
  total_up(verdict);
  add_action(verdict, config, scan, deciding(metas));
  if (verdict.action == Action::rewrite_subject) {
    verdict.subject = rewritten_subject(config.actions.subject, scan.mail.message);
  }
  if (!scan.cut_short) {
    const auto results = auth::results_of(scan.facts, scan.mail.request.envelope, config.server.hostname);
    verdict.authentication_results = format_authentication_results(results);
  }
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
