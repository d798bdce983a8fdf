#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/values.h"

namespace xspamd {

namespace {

using Relation = CountTest::Relation;

// Longer spellings first, so that ">=" is not read as ">".
constexpr std::array<std::pair<std::string_view, Relation>, 7> kRelations{{{"<=", Relation::at_most},
                                                                           {">=", Relation::at_least},
                                                                           {"!=", Relation::unequal},
                                                                           {"==", Relation::equal},
                                                                           {"=", Relation::equal},
                                                                           {"<", Relation::less},
                                                                           {">", Relation::more}}};

// How often a rule is met: 0 is a miss. A pattern that reached the match limit says nothing, not even by
// `negate`: what was not looked at to the end neither matches nor fails to.
struct Found {
  std::size_t hits = 0;
  bool limit_reached = false;
};

Found matches_of(const Rule& rule, const Values& values) {
  // A count of pattern hits needs them all; one hit is enough otherwise, unless hits multiply the score.
  constexpr std::size_t kMostCounted = 10'000;
  const std::size_t most = rule.count ? kMostCounted : rule.max_hits;
  std::size_t found = 0;
  std::size_t matching = 0;
  for (const std::string_view value : values) {
    const Regex::Count one = rule.match->count(value, most - std::min(most, rule.all ? 0 : found));
    if (one.limit_reached) return {0, true};
    found += one.hits;
    matching += one.hits > 0 ? 1 : 0;
    if (rule.all ? one.hits == 0 : found >= most) break;
  }
  if (rule.count) return {rule.count->holds(found) ? 1U : 0U};
  if (rule.negate) return {!values.empty() && found == 0 ? 1U : 0U};
  if (rule.all) return {!values.empty() && matching == values.size() ? 1U : 0U};
  return {std::min(found, rule.max_hits)};
}

Found hits_of(const Rule& rule, const Values& values) {
  if (rule.absent) return {values.empty() ? 1U : 0U};
  if (rule.counts_size) return {rule.count->holds(parse_unsigned(values.front()).value_or(0)) ? 1U : 0U};
  if (rule.match) return matches_of(rule, values);
  if (rule.count) return {rule.count->holds(values.size()) ? 1U : 0U};
  return {values.empty() ? 0U : 1U};
}

}  // namespace

Result<CountTest> CountTest::parse(std::string_view text) {
  CountTest test;
  std::string_view rest = trim(text);
  const auto relation = std::find_if(kRelations.begin(), kRelations.end(),
                                     [&](const auto& r) { return rest.starts_with(r.first); });
  test.relation = relation == kRelations.end() ? Relation::equal : relation->second;
  if (relation != kRelations.end()) rest = trim(rest.substr(relation->first.size()));
  const auto bound = parse_unsigned(rest);
  if (!bound) return fail(Errc::invalid, fmt::format("{} is no count, such as \">= 2\"", quoted(text)));
  test.bound = static_cast<std::size_t>(*bound);
  return test;
}

bool CountTest::holds(std::size_t count) const {
  switch (relation) {
    case Relation::less:
      return count < bound;
    case Relation::at_most:
      return count <= bound;
    case Relation::equal:
      return count == bound;
    case Relation::unequal:
      return count != bound;
    case Relation::at_least:
      return count >= bound;
    case Relation::more:
      return count > bound;
  }
  return false;
}

void RuleSet::add(Rule rule, Selector selector) {
  const auto known = std::find(selectors_.begin(), selectors_.end(), selector);
  rule.look_at = static_cast<std::size_t>(known - selectors_.begin());
  if (known == selectors_.end()) selectors_.push_back(std::move(selector));
  rules_.push_back(std::move(rule));
}

Hits RuleSet::run(const Mail& mail, Deadline deadline) const {
  Hits hits;
  std::vector<std::optional<Values>> looked_at(selectors_.size());
  for (const Rule& rule : rules_) {
    if (Clock::now() >= deadline) {
      hits.add("CHECK_LATE", {"rules"});
      break;
    }
    if (mail.off.contains(rule.symbol)) continue;
    auto& values = looked_at[rule.look_at];
    if (!values) values = values_of(selectors_[rule.look_at], mail);
    // What a limit cut off may be there.
    if (rule.needs_all_values() && may_be_cut(selectors_[rule.look_at], mail.message)) continue;
    const auto [found, limit_reached] = hits_of(rule, *values);
    if (limit_reached) hits.add("LIMIT_MATCH", {rule.symbol});
    if (found == 0) continue;
    hits.add(rule.symbol, {}, static_cast<double>(found));
    Hit& hit = hits.list.back();
    hit.count = found;
    if (!rule.shadow) continue;
    hit.shadow = true;
    hit.weight = 0;
    hit.options.emplace_back("shadow");
  }
  return hits;
}

}  // namespace xspamd
