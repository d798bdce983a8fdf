#include "rules/learn/autolearn.h"

#include <algorithm>
#include <map>

namespace xspamd {

namespace {

bool is_own_opinion(const Score& score) {
  return score.group == "statistics" || score.group == "reputation";
}

// What the message itself showed.
struct Evidence {
  Points total;
  std::map<std::string_view, Points> groups;

  explicit Evidence(const Verdict& verdict) {
    for (const Score& score : verdict.scores) {
      if (is_own_opinion(score)) continue;
      total = total + score.value;
      Points& group = groups[score.group];
      group = group + score.value;
    }
  }
  std::size_t strong_groups() const {
    return static_cast<std::size_t>(std::count_if(
        groups.begin(), groups.end(), [](const auto& group) { return group.second >= kGroupEvidence; }));
  }
};

bool has(const Verdict& verdict, std::string_view symbol) {
  return std::any_of(verdict.scores.begin(), verdict.scores.end(),
                     [&](const Score& score) { return score.symbol == symbol; });
}

bool is_incomplete(const Scan& scan, const Verdict& verdict) {
  return !verdict.forced_by.empty() || scan.cut_short || !scan.late.empty() || !scan.store_failed.empty();
}

bool is_ahead(std::uint64_t one, std::uint64_t other) {
  return static_cast<double>(one) >= static_cast<double>(other) * kMostAhead + kHeadStart;
}

}  // namespace

std::string_view name(Autolearn outcome) {
  switch (outcome) {
    case Autolearn::disabled:
      return "disabled";
    case Autolearn::no:
      return "no";
    case Autolearn::ham:
      return "ham";
    case Autolearn::spam:
      return "spam";
    case Autolearn::failed:
      return "failed";
  }
  return "";
}

Autolearn autolearn_class(const Scan& scan, const Verdict& verdict, const conf::Learn& learn,
                          const LearnedTotals& learned) {
  if (!learn.autolearn) return Autolearn::disabled;
  if (is_incomplete(scan, verdict)) return Autolearn::no;
  const Evidence evidence(verdict);
  if (evidence.total >= learn.autolearn_spam) {
    const bool contradicted = has(verdict, "BAYES_HAM") || evidence.strong_groups() < 2;
    return contradicted || is_ahead(learned.spam, learned.ham) ? Autolearn::no : Autolearn::spam;
  }
  if (evidence.total <= learn.autolearn_ham) {
    return has(verdict, "BAYES_SPAM") || is_ahead(learned.ham, learned.spam) ? Autolearn::no : Autolearn::ham;
  }
  return Autolearn::no;
}

}  // namespace xspamd
