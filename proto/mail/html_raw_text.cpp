#include "proto/mail/html_raw_text.h"

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::mail {

namespace {

struct Switch {
  std::string_view tag;
  HtmlState state;
};

// HTML §13.2.6.4, as for a reader without scripts: the content of noscript is read.
constexpr Switch kSwitches[] = {
    {"style", HtmlState::rawtext},   {"title", HtmlState::rcdata},     {"script", HtmlState::script_data},
    {"textarea", HtmlState::rcdata}, {"xmp", HtmlState::rawtext},      {"iframe", HtmlState::rawtext},
    {"noembed", HtmlState::rawtext}, {"noframes", HtmlState::rawtext}, {"plaintext", HtmlState::plaintext}};

// Whether `opening` ("<" or "</") and a tag's whole name stand at `at`.
bool tag_at(std::string_view source, std::size_t at, std::string_view opening, std::string_view name) {
  const std::string_view rest = source.substr(at);
  const std::size_t end = opening.size() + name.size();
  if (name.empty() || rest.size() <= end || !rest.starts_with(opening)) return false;
  const char after = rest[end];
  const bool ends = after == '>' || after == '/' || (is_space(after) && after != '\v');
  return ends && iequals(rest.substr(opening.size(), name.size()), name);
}

std::size_t end_tag_at(std::string_view source, std::size_t from, std::string_view name) {
  for (std::size_t at = source.find('<', from); at != std::string_view::npos; at = source.find('<', at + 1)) {
    if (tag_at(source, at, "</", name)) return at;
  }
  return source.size();
}

// HTML §13.2.5.15 to 31: in a comment of a script, <script> hides the next </script>.
std::size_t script_end(std::string_view source, std::size_t from, std::string_view name) {
  enum class Escape { none, once, twice };
  constexpr std::string_view kScript = "script";
  Escape escape = Escape::none;
  for (std::size_t at = from; at < source.size(); ++at) {
    if (source[at] == '-' && escape != Escape::none && source.substr(at).starts_with("-->"))
      escape = Escape::none;
    if (source[at] != '<') continue;
    if (escape == Escape::twice) {
      if (tag_at(source, at, "</", kScript)) escape = Escape::once;
      continue;
    }
    if (tag_at(source, at, "</", name)) return at;
    if (escape == Escape::once) {
      if (tag_at(source, at, "<", kScript)) escape = Escape::twice;
    } else if (source.substr(at).starts_with("<!--")) {
      escape = Escape::once;
      ++at;  // its hyphens may be those of "-->" too
    }
  }
  return source.size();
}

}  // namespace

HtmlState html_state_after(std::string_view start_tag) {
  const auto* found = std::find_if(std::begin(kSwitches), std::end(kSwitches),
                                   [&](const Switch& entry) { return entry.tag == start_tag; });
  return found == std::end(kSwitches) ? HtmlState::data : found->state;
}

std::size_t raw_text_end(std::string_view source, std::size_t from, HtmlState state,
                         std::string_view last_start_tag) {
  switch (state) {
    case HtmlState::data:
      return from;
    case HtmlState::plaintext:
      return source.size();
    case HtmlState::cdata:
      return std::min(source.find("]]>", from), source.size());
    case HtmlState::script_data:
    case HtmlState::rcdata:
    case HtmlState::rawtext:
      break;
  }
  if (state == HtmlState::script_data) return script_end(source, from, last_start_tag);
  return end_tag_at(source, from, last_start_tag);
}

}  // namespace xspamd::mail
