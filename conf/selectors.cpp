#include "conf/selectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::conf {
namespace {

constexpr std::string_view kHeaderForms[] = {"raw", "addr", "domain", "name"};
constexpr std::string_view kNouns[] = {"header", "envelope",   "received", "part",
                                       "url",    "attachment", "message"};
constexpr std::string_view kListOnly[] = {"dkim.domain", "email", "email.domain"};

struct Noun {
  std::string_view noun;
  std::span<const std::string_view> names;
};
constexpr Noun kNames[] = {
    {"envelope", kEnvelopeNames}, {"received", kReceivedNames},     {"part", kPartNames},
    {"url", kUrlNames},           {"attachment", kAttachmentNames}, {"message", kMessageNames}};

std::vector<std::string_view> all(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

bool is_in(std::string_view word, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

// RFC 5322 §3.6.8: printable ASCII except the colon.
bool is_field_name(std::string_view text) {
  const auto allowed = [](char c) {
    return c > ' ' && c < 0x7f && c != ':';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

Result<void> check(std::string_view text, std::span<const std::string_view> extra) {
  if (is_in(text, extra)) return {};
  const std::size_t dot = text.find('.');
  const std::string_view noun = text.substr(0, dot);
  const std::string_view name = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  if (noun == "header" && dot != std::string_view::npos) return check_header_selector(name);
  if (is_in(name, selector_names(noun))) return {};
  std::vector<std::string> known;
  for (const Noun& row : kNames) {
    for (const std::string_view each : row.names)
      known.push_back(fmt::format("{}.{}", row.noun, each));
  }
  std::vector<std::string_view> candidates(known.begin(), known.end());
  candidates.insert(candidates.end(), extra.begin(), extra.end());
  return fail(Errc::invalid,
              fmt::format("{} is nothing to look at{}", quoted(text), did_you_mean(text, candidates)));
}

}  // namespace

std::span<const std::string_view> selector_nouns() {
  return kNouns;
}

std::span<const std::string_view> selector_names(std::string_view noun) {
  for (const Noun& row : kNames) {
    if (row.noun == noun) return row.names;
  }
  return {};
}

Result<void> check_header_selector(std::string_view text) {
  if (text == "*") return {};
  const std::size_t colon = text.find(':');
  if (!is_field_name(text.substr(0, colon))) {
    return fail(Errc::invalid, fmt::format("{} is no header name", quoted(text)));
  }
  if (colon == std::string_view::npos) return {};
  const std::string_view form = text.substr(colon + 1);
  if (is_in(form, kHeaderForms)) return {};
  return fail(Errc::invalid,
              fmt::format("{}: after the colon stands one of raw, addr, domain, name, not {}{}", quoted(text),
                          quoted(form), did_you_mean(form, all(kHeaderForms))));
}

Result<void> check_selector(std::string_view text) {
  return check(text, {});
}

Result<void> check_list_selector(std::string_view text) {
  return check(text, kListOnly);
}

std::string did_you_mean(std::string_view word, std::vector<std::string_view> candidates) {
  const std::string_view near = nearest(word, candidates);
  return near.empty() ? std::string{} : fmt::format(", did you mean {}?", quoted(near));
}

}  // namespace xspamd::conf
