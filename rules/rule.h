// Rule: one [rules.NAME] table: what to look at, what must be found, how often. RuleSet: all of them, sharing
// what they look at, run in one pass over a message. Compiled once; immutable and safe from several threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/check.h"
#include "rules/match/regex.h"
#include "rules/selector.h"

namespace xspamd {

// "count" of a rule: how many values, or hits of its pattern, there must be.
struct CountTest {
  enum class Relation { less, at_most, equal, unequal, at_least, more };
  Relation relation = Relation::at_least;
  std::size_t bound = 1;

  static Result<CountTest> parse(std::string_view text);  // ">= 2", "= 0", "3"
  bool holds(std::size_t count) const;
};

struct Rule {
  std::string symbol;
  std::size_t look_at = 0;  // place in RuleSet::selectors
  std::optional<Regex> match;
  std::optional<CountTest> count;
  bool absent = false;  // hits when there is no value
  bool negate = false;  // hits when there is a value and none matches
  bool all = false;     // hits when there is a value and all match
  bool shadow = false;  // shown, never scored
  std::size_t max_hits = 1;
  // Whether a value that was not looked at could turn a hit into a miss.
  bool needs_all_values() const { return absent || negate || all || count; }

  bool counts_size = false;  // message = "size": the value is the number that `count` compares
};

class RuleSet {
 public:
  void add(Rule rule, Selector selector);
  // Hits in the order of the rules, those of parts too; stops at the deadline with CHECK_LATE.
  Hits run(const Mail& mail, Deadline deadline) const;
  std::size_t size() const { return rules_.size(); }

 private:
  std::vector<Selector> selectors_;
  std::vector<Rule> rules_;
};

// Reads every [rules.NAME] of the configuration, adds their symbols to services.symbols; mistakes go to
// services.problems with their place.
std::shared_ptr<const RuleSet> read_rules(Services& services);

}  // namespace xspamd
