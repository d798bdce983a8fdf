#include "proto/mail/html_sheet.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/html_css.h"

namespace xspamd::html {

namespace {

constexpr double kUsualFont = 16;
constexpr double kDesktopPixels = 800;       // the width of the window that queries are about
constexpr std::size_t kMostSelectors = 100;  // of one rule
constexpr std::size_t kMostRulesRead = 10'000;
constexpr std::size_t kLongestSelector = 200;

// The parts of "tag.class" are hashed one by one, so that looking up makes no string.
std::uint64_t hash(std::string_view text, std::uint64_t seed, bool any_case) {
  for (const char c : text)
    seed = (seed ^ static_cast<unsigned char>(any_case ? to_lower(c) : c)) * 0x100000001b3;  // FNV-1a
  return seed;
}

std::uint64_t selector_hash(std::string_view tag, char kind, std::string_view name, bool any_case) {
  const std::uint64_t start = hash(tag, 0xcbf29ce484222325, true);
  return kind == 0 ? start : hash(name, hash({&kind, 1}, start, false), any_case);
}

bool is_name_byte(char c) {
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '_' || c == '\\' ||
         static_cast<unsigned char>(c) >= 0x80;
}

struct Selector {
  std::string_view tag, name;
  char kind = 0;  // '.', '#' or none
};

// "tag", ".class", "tag.class", "#id", "tag#id", "*" in place of a tag; ":link" changes nothing.
bool parse_selector(std::string_view text, Selector& selector) {
  constexpr std::string_view kLink = ":link";
  if (text.size() > kLongestSelector) return false;
  if (text.size() > kLink.size() && iequals(text.substr(text.size() - kLink.size()), kLink))
    text.remove_suffix(kLink.size());
  const auto name_length = [&](std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_name_byte(text[end]))
      ++end;
    return end - from;
  };
  std::size_t at = name_length(0);
  selector.tag = text.substr(0, at);
  if (at == 0 && text.starts_with('*')) {
    at = 1;
    selector.tag = text.size() == 1 ? text : std::string_view();
  }
  if (at == text.size()) return at > 0;
  selector.kind = text[at];
  if (selector.kind != '.' && selector.kind != '#') return false;
  selector.name = text.substr(at + 1);
  return !selector.name.empty() && name_length(at + 1) == selector.name.size();
}

// One query: "[only] screen|all [and (min-width: ...)]...", of which only the first part may be missing.
bool holds(std::string_view query) {
  std::string_view word;
  bool first = true;
  while (take_piece(query, ' ', word)) {
    if (iequals(word, "and") || iequals(word, "only")) continue;
    if (iequals(word, "screen") || iequals(word, "all")) {
      if (!first) return false;
    } else if (word.starts_with('(') && word.ends_with(')')) {
      const std::string_view inside = word.substr(1, word.size() - 2);
      const std::size_t colon = std::min(inside.find(':'), inside.size());
      const std::string_view feature = trim(inside.substr(0, colon));
      const auto pixels = parse_pixels(trim(inside.substr(std::min(colon + 1, inside.size()))), kUsualFont);
      if (!pixels) return false;
      const bool least = iequals(feature, "min-width") || iequals(feature, "min-device-width");
      const bool most = iequals(feature, "max-width") || iequals(feature, "max-device-width");
      if (!(least && *pixels <= kDesktopPixels) && !(most && *pixels >= kDesktopPixels)) return false;
    } else {
      return false;
    }
    first = false;
  }
  return true;
}

// HTML of old hides its sheets from older browsers: "<!--" and "-->" are nothing (CSS Syntax 3 §4.3.1).
void skip_nothing(std::string_view& css) {
  for (;;) {
    const std::string_view before = css;
    while (!css.empty() && (is_space(css.front()) || css.front() == ';' || css.front() == '}'))
      css.remove_prefix(1);
    for (const std::string_view mark : {"<!--", "-->"}) {
      if (css.starts_with(mark)) css.remove_prefix(mark.size());
    }
    if (css.size() == before.size()) return;
  }
}

}  // namespace

bool is_desktop(std::string_view media) {
  if (trim(media).empty()) return true;
  std::string_view query;
  while (take_piece(media, ',', query)) {
    if (holds(query)) return true;
  }
  return false;
}

void Sheet::read(std::string_view css, bool any_case) {
  any_case_ = any_case;
  std::string buffer;
  css = without_comments(css, buffer);
  for (skip_nothing(css); !css.empty() && read_ < kMostRulesRead; skip_nothing(css)) {
    ++read_;
    if (css.front() == '@') {
      css = read_at_rule(css);
      continue;
    }
    const std::size_t open = css_end(css, 0, "{");
    const std::size_t begin = std::min(open + 1, css.size());
    const std::size_t close = css_end(css, begin, "}");
    add_rules(css.substr(0, open), css.substr(begin, close - begin));
    css.remove_prefix(std::min(close + 1, css.size()));
  }
}

// What is left of the sheet: behind the rule, or inside it when it is entered; its "}" is then stepped over.
std::string_view Sheet::read_at_rule(std::string_view css) {
  const std::size_t end = css_end(css, 0, "{;");
  const std::string_view prelude = css.substr(0, end);
  const std::string_view name = prelude.substr(0, std::min(prelude.find_first_of(" \t\r\n\f(\"'"), end));
  const std::string_view rest = trim(prelude.substr(name.size()));
  const bool is_block = end < css.size() && css[end] == '{';
  const std::string_view inside = css.substr(std::min(end + 1, css.size()));
  if (!is_block) {
    if (!iequals(name, "@import") || urls_.size() >= kMostRules) return inside;
    const bool quoted = !rest.empty() && (rest.front() == '"' || rest.front() == '\'');
    const auto url =
        quoted ? rest.substr(1, rest.find(rest.front(), 1) - 1) : url_argument(rest).value_or("");
    if (!url.empty()) urls_.push_back(unescape_css(url));
    return inside;
  }
  if (iequals(name, "@supports") || iequals(name, "@layer")) return inside;
  if (iequals(name, "@media") && is_desktop(rest)) return inside;
  const std::size_t close = css_end(inside, 0, "}");
  if (iequals(name, "@font-face")) add_rules({}, inside.substr(0, close));
  return inside.substr(std::min(close + 1, inside.size()));
}

void Sheet::add_rules(std::string_view selectors, std::string_view declarations) {
  StyleRule style = parse_declarations(declarations, kUsualFont);
  for (std::string& url : style.usual.urls) {
    if (urls_.size() < kMostRules) urls_.push_back(std::move(url));
  }
  style.usual.urls.clear();
  if (!style.important && style.usual == Style{}) return;
  std::string_view selector;
  for (std::size_t i = 0; i < kMostSelectors && take_piece(selectors, ',', selector); ++i)
    add_rule(selector, style);
}

void Sheet::add_rule(std::string_view text, const StyleRule& style) {
  Selector selector;
  std::string plain;
  if (text.find('\\') != std::string_view::npos) text = plain = unescape_css(text);
  if (!parse_selector(text, selector)) return;
  const std::uint64_t key = selector_hash(selector.tag, selector.kind, selector.name, any_case_);
  ++changes_;
  const auto at = std::lower_bound(index_.begin(), index_.end(), key,
                                   [](const Entry& entry, std::uint64_t hash) { return entry.hash < hash; });
  if (at != index_.end() && at->hash == key) {
    Rule& rule = rules_[at->rule];
    StyleRule merged = style;
    merged.usual.inherit_missing(rule.style.usual);
    if (merged.important && rule.style.important) merged.important->inherit_missing(*rule.style.important);
    if (!merged.important) merged.important = rule.style.important;
    rule.style = std::move(merged);
    rule.order = read_;
    return;
  }
  if (rules_.size() >= kMostRules) return;
  const int specificity = (selector.kind == '#'   ? 100
                           : selector.kind == '.' ? 10
                                                  : 0) +
                          (selector.tag.empty() || selector.tag == "*" ? 0 : 1);
  has_classes_ = has_classes_ || selector.kind == '.';
  has_ids_ = has_ids_ || selector.kind == '#';
  index_.insert(at, {key, rules_.size()});
  rules_.push_back({specificity, read_, style});
}

const Sheet::Rule* Sheet::find(std::string_view tag, char kind, std::string_view name) const {
  const std::uint64_t key = selector_hash(tag, kind, name, any_case_);
  const auto at = std::lower_bound(index_.begin(), index_.end(), key,
                                   [](const Entry& entry, std::uint64_t hash) { return entry.hash < hash; });
  return at == index_.end() || at->hash != key ? nullptr : &rules_[at->rule];
}

void Sheet::match(const Subject& subject, Matches& matches) const {
  const auto add = [&](std::string_view tag, char kind, std::string_view name) {
    if (const Rule* rule = find(tag, kind, name)) matches.rules[matches.count++] = rule;
  };
  add("*", 0, {});
  add(subject.tag, 0, {});
  if (has_ids_ && !subject.id.empty()) {
    add({}, '#', subject.id);
    add(subject.tag, '#', subject.id);
  }
  std::string_view classes = has_classes_ ? subject.classes : std::string_view();
  for (std::size_t i = 0; i < kMostClasses; ++i) {
    classes = trim(classes);
    if (classes.empty()) break;
    const std::size_t end = std::min(classes.find_first_of(" \t\r\n\f"), classes.size());
    add({}, '.', classes.substr(0, end));
    add(subject.tag, '.', classes.substr(0, end));
    classes.remove_prefix(end);
  }
  std::sort(matches.rules, matches.rules + matches.count, [](const Rule* a, const Rule* b) {
    return a->specificity != b->specificity ? a->specificity > b->specificity : a->order > b->order;
  });
}

// CSS Cascade 4 §6: what is important, then what is not; the element's own before the rules.
Style Sheet::style_of(const Subject& subject, StyleRule&& own) const {
  Matches matches;
  match(subject, matches);
  if (matches.count == 0 && !own.important) return std::move(own.usual);
  Style style = own.important ? std::move(*own.important) : Style{};
  for (std::size_t i = 0; i < matches.count; ++i) {
    if (matches.rules[i]->style.important) style.inherit_missing(*matches.rules[i]->style.important);
  }
  style.inherit_missing(own.usual);
  for (std::size_t i = 0; i < matches.count; ++i)
    style.inherit_missing(matches.rules[i]->style.usual);
  return style;
}

}  // namespace xspamd::html
