// The rules of <style> (CSS Syntax 3) as far as they are looked for: a tag, a class, an id, and a tag with a
// class or an id. Other selectors match nothing: what they hide counts as seen. @media is entered for a
// window of a desktop, @supports always. Bounded: kMostRules different selectors, kMostClasses of an element.
// deviates: rules for the same selector are one; among equals the one that was added to last wins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/html_style.h"

namespace xspamd::html {

// Whether a list of media queries (Media Queries 4) holds for a wide screen.
bool is_desktop(std::string_view media);

class Sheet {
 public:
  static constexpr std::size_t kMostRules = 1000;
  static constexpr std::size_t kMostClasses = 16;

  // Adds rules; without a doctype the case of classes and ids is the same (`any_case`).
  void read(std::string_view css, bool any_case);
  bool empty() const { return rules_.empty(); }
  std::size_t rules_read() const { return changes_; }  // that say anything
  // Of url() and @import, as they came; at most kMostRules.
  const std::vector<std::string>& urls() const { return urls_; }

  struct Subject {
    std::string_view tag, id, classes;
  };
  // What holds for an element: its own declarations (`own`), which win, and the rules, the most special
  // first.
  Style style_of(const Subject& subject, StyleRule&& own) const;

 private:
  struct Rule {
    int specificity = 0;
    std::size_t order = 0;
    StyleRule style;
  };
  struct Entry {
    std::uint64_t hash = 0;
    std::size_t rule = 0;
  };
  struct Matches {
    static constexpr std::size_t kMost = 2 * kMostClasses + 4;
    const Rule* rules[kMost] = {};
    std::size_t count = 0;
  };

  std::string_view read_at_rule(std::string_view css);
  void add_rules(std::string_view selectors, std::string_view declarations);
  void add_rule(std::string_view selector, const StyleRule& style);
  const Rule* find(std::string_view tag, char kind, std::string_view name) const;
  void match(const Subject& subject, Matches& matches) const;

  std::vector<Rule> rules_;
  std::vector<Entry> index_;  // sorted by hash
  std::vector<std::string> urls_;
  std::size_t read_ = 0;  // rules, those over the limit included
  std::size_t changes_ = 0;
  bool has_classes_ = false;
  bool has_ids_ = false;
  bool any_case_ = false;
};

}  // namespace xspamd::html
