// From [rules.NAME] tables to Rules. The schema has checked names and types already; here stands what only a
// compiler of rules can know: patterns, selectors, counts.
#include <fmt/format.h>

#include "conf/section.h"
#include "conf/selectors.h"
#include "proto/base/text.h"
#include "rules/rule.h"
#include "rules/symbols.h"

namespace xspamd {

namespace {

// One table being read; problems carry the place of the table.
class RuleReader {
 public:
  RuleReader(const std::string& name, const conf::Value& value, Services& services)
      : name_(name),
        value_(value),
        services_(services),
        section_("rules." + name, &value, services.problems) {}

  void add_to(RuleSet& rules) {
    Rule rule;
    rule.symbol = name_;
    read_symbol();
    auto selector = read_selector();
    read_test(rule, selector);
    section_.finish();
    if (!selector) return;  // the schema has told why, as it has for a bad count
    if (!enabled_ && !services_.wanted.contains(name_)) return;
    rule.counts_size = selector->source == Selector::Source::message && selector->name == "size";
    if (rule.counts_size && !rule.count)
      return complain("message = \"size\" needs count, such as \"> 1000000\"");
    rules.add(std::move(rule), std::move(*selector));
  }

 private:
  void complain(std::string sentence) { complain_at("", std::move(sentence)); }

  // At the place of the key, where it stands.
  void complain_at(std::string_view key, std::string sentence) {
    const conf::Value* value = key.empty() ? nullptr : conf::find(value_, key);
    const conf::Origin& place = value == nullptr ? value_.origin : value->origin;
    services_.problems.error(place, fmt::format("rule {}: {}", name_, sentence));
  }

  void read_symbol() {
    SymbolEntry entry = read_symbol_entry(section_, value_.origin, "", "A rule of this site");
    enabled_ = section_.get("enabled", true, "Whether the rule runs");
    if (name_.starts_with("__")) return;
    const bool ours =
        name_ == "ROUNDING" || name_ == "MORE_SYMBOLS" || name_ == "FORCED" || name_.starts_with("CAP_");
    const bool added = services_.symbols.emplace(name_, std::move(entry)).second;
    if (ours || !added) complain("a check, a map or the scan itself has a symbol of this name");
  }

  Result<Selector> read_selector() {
    Result<Selector> selector = fail(
        Errc::invalid, "nothing to look at: header, envelope, received, part, url, attachment or message");
    for (const std::string_view source : conf::selector_nouns()) {
      const std::string what = section_.get(source, "", "What to look at");
      if (what.empty()) continue;
      source_ = source;
      selector = parse_selector(source, what);
    }
    return selector;
  }

  void read_test(Rule& rule, const Result<Selector>& selector) {
    const std::string match = section_.get("match", "", "PCRE2 pattern");
    const std::string flags = section_.get("flags", "", "Of imsx");
    const std::string count = section_.get("count", "", "How many values or hits");
    rule.absent = section_.get("absent", false, "Hits when there is no value");
    section_.get("exists", false, "Hits when there is a value");
    rule.negate = section_.get("negate", false, "Hits when no value matches");
    rule.all = section_.get("all", false, "Hits when all values match");
    rule.shadow = section_.get("shadow", false, "Shown, never scored");
    rule.max_hits = static_cast<std::size_t>(
        section_.get("max_hits", std::int64_t{1}, "Score times hits, up to this many"));
    for (const std::string_view shown : {"hit", "miss"})
      section_.get(shown, "", "An example");
    section_.get_value("hit_envelope", "Envelope of the example");
    if (!match.empty()) {
      const bool bytes =
          selector && (selector->form == Selector::Form::raw ||
                       (selector->source != Selector::Source::header && selector->name == "raw"));
      auto regex = Regex::compile(match, flags, bytes ? Regex::Mode::bytes : Regex::Mode::text);
      if (regex) {
        rule.match = std::move(*regex);
      } else {
        complain_at("match", fmt::format("{}: {}", quoted(match), regex.error().sentence));
      }
    }
    if (const auto test = CountTest::parse(count)) rule.count = *test;
  }

  const std::string& name_;
  const conf::Value& value_;
  Services& services_;
  conf::Section section_;
  std::string_view source_;
  bool enabled_ = true;
};

}  // namespace

std::shared_ptr<const RuleSet> read_rules(Services& services) {
  auto rules = std::make_shared<RuleSet>();
  const conf::Value* tables = conf::find(services.config.tree, "rules");
  if (tables == nullptr || tables->table() == nullptr) return rules;
  for (const auto& [name, value] : *tables->table())
    RuleReader(name, value, services).add_to(*rules);
  return rules;
}

}  // namespace xspamd
