#include "rules/auth/dmarc_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proto/base/text.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostAddresses = 20;

using Value = std::optional<std::string_view>;
struct Tags {
  Value p, sp, adkim, aspf, pct, rua, ruf;
};
struct Tag {
  std::string_view name;
  Value Tags::*value;
};
constexpr Tag kTags[] = {{"p", &Tags::p},       {"sp", &Tags::sp},   {"adkim", &Tags::adkim},
                         {"aspf", &Tags::aspf}, {"pct", &Tags::pct}, {"rua", &Tags::rua},
                         {"ruf", &Tags::ruf}};
constexpr std::pair<std::string_view, DmarcPolicy> kPolicies[] = {
    {"none", DmarcPolicy::none}, {"quarantine", DmarcPolicy::quarantine}, {"reject", DmarcPolicy::reject}};

// Up to the next semicolon, which is taken off with it.
std::string_view take_piece(std::string_view& text) {
  const std::string_view piece = text.substr(0, text.find(';'));
  text.remove_prefix(std::min(piece.size() + 1, text.size()));
  return piece;
}

// "name = value", blanks around both left out; the name is empty where there is no "=".
std::pair<std::string_view, std::string_view> name_and_value(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  if (equals == std::string_view::npos) return {};
  return {trim(piece.substr(0, equals)), trim(piece.substr(equals + 1))};
}

// §6.3 v=: the first tag, and exactly this value.
bool take_version(std::string_view& text) {
  const auto [name, value] = name_and_value(take_piece(text));
  return iequals(name, "v") && value == "DMARC1";
}

Tags read_tags(std::string_view text) {
  Tags tags;
  while (!text.empty()) {
    const auto [name, value] = name_and_value(take_piece(text));
    const auto* tag = std::find_if(std::begin(kTags), std::end(kTags),
                                   [&own = name](const Tag& known) { return iequals(known.name, own); });
    if (tag != std::end(kTags) && !(tags.*tag->value)) tags.*tag->value = value;
  }
  return tags;
}

std::optional<DmarcPolicy> policy_of(Value value) {
  for (const auto& [name, policy] : kPolicies)
    if (value && iequals(*value, name)) return policy;
  return std::nullopt;
}

// §6.3: a number from 0 to 100, else all mail.
int percent_of(Value value) {
  constexpr int kAll = 100;
  const auto number = parse_unsigned(value.value_or(""));
  return number && *number <= kAll ? static_cast<int>(*number) : kAll;
}

// RFC 3986 §3.1, and what this is about: an address behind mailto:, a size in "!10m" not looked at.
bool is_report_address(std::string_view text) {
  const auto is_letter = [](char c) {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size() || !is_letter(text.front())) return false;
  const std::string_view scheme = text.substr(0, colon);
  const bool named = std::all_of(scheme.begin(), scheme.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!iequals(scheme, "mailto")) return named && printable;
  const std::size_t at = text.find('@', colon);
  return printable && at != std::string_view::npos && at > colon + 1 && at + 1 < text.size();
}

std::vector<std::string> addresses_in(Value list) {
  std::vector<std::string> addresses;
  if (!list) return addresses;
  for (std::string_view piece : split(*list, ',')) {
    piece = trim(piece);
    if (is_report_address(piece) && addresses.size() < kMostAddresses) addresses.emplace_back(piece);
  }
  return addresses;
}

// §6.6.3 step 6: no p=, or a wrong one, or a wrong sp=. Empty if all is right.
std::string policy_problem(const Tags& tags) {
  constexpr std::size_t kShown = 60;
  if (!tags.p) return "the DMARC record has no p=";
  const bool main = policy_of(tags.p).has_value();
  if (main && (!tags.sp || policy_of(tags.sp))) return {};
  return fmt::format("the DMARC record has {}={}, which is no policy", main ? "sp" : "p",
                     quoted(cut_utf8(main ? *tags.sp : *tags.p, kShown)));
}

}  // namespace

std::string_view name(DmarcPolicy policy) {
  return kPolicies[static_cast<std::size_t>(policy)].first;
}

bool is_dmarc_record(std::string_view text) {
  return take_version(text);
}

ParsedDmarc parse_dmarc(std::string_view text) {
  ParsedDmarc parsed;
  if (!take_version(text)) return parsed;
  const Tags tags = read_tags(text);
  parsed.problem = policy_problem(tags);
  DmarcRecord record;
  record.aggregate_reports = addresses_in(tags.rua);
  record.failure_reports = addresses_in(tags.ruf);
  const bool sound = parsed.problem.empty();
  if (!sound && record.aggregate_reports.empty()) return parsed;
  if (sound) {
    record.policy = *policy_of(tags.p);
    record.subdomain_policy = policy_of(tags.sp);
  } else {
    parsed.problem += "; it counts as p=none";
  }
  record.strict_dkim = iequals(tags.adkim.value_or(""), "s");
  record.strict_spf = iequals(tags.aspf.value_or(""), "s");
  record.percent = percent_of(tags.pct);
  parsed.record = std::move(record);
  return parsed;
}

}  // namespace xspamd::auth
