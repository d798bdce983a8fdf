#include "proto/mail/boundary.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::mail {

namespace {

constexpr std::uint64_t kStart = 0xcbf29ce484222325;

// FNV-1a: unequal boundaries of equal hash cost a comparison, nothing more.
std::uint64_t next_hash(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

struct Behind {
  bool fits = false;
  bool closes = false;
  bool odd = false;
};

// What stands behind a boundary.
Behind look_behind(std::string_view text) {
  const bool closes = text.starts_with("--");
  if (closes) text.remove_prefix(2);
  const bool odd = !without_blanks_behind(text).empty();
  return {!odd || is_blank(text.front()), closes, odd};
}

}  // namespace

void Boundaries::open(std::string boundary) {
  Level level;
  level.hash = kStart;
  for (const char c : boundary)
    level.hash = next_hash(level.hash, c);
  level.active = !boundary.empty();
  level.text = std::move(boundary);
  open_.push_back(std::move(level));
}

bool Boundaries::any(std::size_t lowest) const {
  return std::any_of(open_.begin() + static_cast<std::ptrdiff_t>(lowest), open_.end(),
                     [](const Level& level) { return level.active; });
}

bool Boundaries::has(std::string_view boundary, std::size_t lowest) const {
  return std::any_of(open_.begin() + static_cast<std::ptrdiff_t>(lowest), open_.end(),
                     [&](const Level& level) { return level.active && level.text == boundary; });
}

void Boundaries::hash_prefixes(std::string_view candidate, std::size_t lowest) {
  std::size_t longest = 0;
  for (std::size_t i = lowest; i < open_.size(); ++i) {
    if (open_[i].active) longest = std::max(longest, open_[i].text.size());
  }
  longest = std::min(longest, candidate.size());
  if (prefixes_.size() <= longest) prefixes_.resize(longest + 1);
  prefixes_[0] = kStart;
  for (std::size_t i = 0; i < longest; ++i)
    prefixes_[i + 1] = next_hash(prefixes_[i], candidate[i]);
}

bool Boundaries::begins_with(std::string_view candidate, const Level& level) const {
  const std::size_t length = level.text.size();
  return candidate.size() >= length && prefixes_[length] == level.hash && candidate.starts_with(level.text);
}

BoundaryMatch Boundaries::match(std::string_view line, std::size_t lowest) {
  if (!line.starts_with("--")) return {};
  const std::string_view candidate = line.substr(2);
  hash_prefixes(candidate, lowest);
  Level* innermost = nullptr;
  for (std::size_t i = open_.size(); i > lowest; --i) {
    Level& level = open_[i - 1];
    if (!level.active) continue;
    if (innermost == nullptr) innermost = &level;
    if (!begins_with(candidate, level)) continue;
    const Behind behind = look_behind(candidate.substr(level.text.size()));
    if (!behind.fits) continue;
    level.met = true;
    return {i - 1, behind.closes, behind.odd};
  }
  if (innermost == nullptr || innermost->met) return {};
  // Transport may have taken the blanks at the end of a boundary that has some.
  const std::string_view least = without_blanks_behind(innermost->text);
  if (!candidate.starts_with(least)) return {};
  const bool closes = candidate.substr(least.size()).starts_with("--");
  return {static_cast<std::size_t>(innermost - open_.data()), closes, true};
}

}  // namespace xspamd::mail
