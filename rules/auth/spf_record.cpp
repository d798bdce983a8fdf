#include "rules/auth/spf_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "rules/auth/spf_macro.h"

namespace xspamd::auth {

namespace {

constexpr std::string_view kVersion = "v=spf1";

// What a mechanism takes (§5).
enum class Argument { none, domain, maybe_domain, domain_and_prefixes, network };

struct Form {
  std::string_view name;
  SpfMechanism mechanism;
  Argument argument;
};
constexpr Form kForms[] = {
    {"all", SpfMechanism::all, Argument::none},
    {"include", SpfMechanism::include, Argument::domain},
    {"a", SpfMechanism::a, Argument::domain_and_prefixes},
    {"mx", SpfMechanism::mx, Argument::domain_and_prefixes},
    {"ptr", SpfMechanism::ptr, Argument::maybe_domain},
    {"ip4", SpfMechanism::ip4, Argument::network},
    {"ip6", SpfMechanism::ip6, Argument::network},
    {"exists", SpfMechanism::exists, Argument::domain},
};

tl::unexpected<Error> wrong(std::string_view term, std::string_view why) {
  constexpr std::size_t kShown = 60;
  return fail(Errc::invalid, fmt::format("{}: {}", quoted(cut_utf8(term, kShown)), why));
}

// §5.6: a prefix length has no leading zeros.
std::optional<int> read_prefix(std::string_view digits, int most) {
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  const auto number = parse_unsigned(digits);
  if (!number || *number > static_cast<unsigned>(most)) return std::nullopt;
  return static_cast<int>(*number);
}

// The number behind `mark` at the end of `rest`, both taken off; false if there is one and it is wrong.
bool take_prefix(std::string_view& rest, std::string_view mark, int most, int& prefix) {
  const std::size_t digits = rest.find_last_not_of("0123456789") + 1;
  if (digits == rest.size() || !rest.substr(0, digits).ends_with(mark)) return true;
  const auto number = read_prefix(rest.substr(digits), most);
  rest = rest.substr(0, digits - mark.size());
  if (number) prefix = *number;
  return number.has_value();
}

// §5: "/24", "//64" or "/24//64" at the end. A domain-spec does not end so, though it may hold slashes.
bool take_prefixes(std::string_view& rest, SpfTerm& term) {
  return take_prefix(rest, "//", 128, term.prefix6) && take_prefix(rest, "/", 32, term.prefix4);
}

// ":" and a domain-spec.
Result<void> read_domain(std::string_view rest, SpfTerm& term) {
  if (!rest.starts_with(':')) return wrong(term.text, "a domain is missing");
  term.domain = rest.substr(1);
  const auto checked = check_domain_spec(term.domain);
  return checked ? Result<void>() : wrong(term.text, checked.error().sentence);
}

// §5.6. An IPv4-mapped network holds no IPv6 address, unless it reaches beyond them: clients that are mapped
// count as IPv4 (§5).
Result<void> read_network(std::string_view rest, SpfTerm& term) {
  const bool four = term.mechanism == SpfMechanism::ip4;
  int& prefix = four ? term.prefix4 : term.prefix6;
  if (!take_prefix(rest, "/", four ? 32 : 128, prefix)) return wrong(term.text, "the prefix length is wrong");
  if (!rest.starts_with(':')) return wrong(term.text, "an address is missing");
  rest.remove_prefix(1);
  const auto address = IpAddress::parse(rest);
  const bool written_as_six = rest.find(':') != std::string_view::npos;
  if (!address || four == written_as_six)
    return wrong(term.text, four ? "no IPv4 address" : "no IPv6 address");
  constexpr int kBeforeMapped = 80;
  const bool beyond = !four && address->is_v4() && prefix <= kBeforeMapped;
  term.address = beyond ? IpAddress::v6({}) : *address;
  return {};
}

Result<void> read_argument(Argument argument, std::string_view rest, SpfTerm& term) {
  switch (argument) {
    case Argument::network:
      return read_network(rest, term);
    case Argument::domain:
      return read_domain(rest, term);
    case Argument::none:
      if (!rest.empty()) return wrong(term.text, "nothing may follow here");
      return {};
    case Argument::domain_and_prefixes:
      if (!take_prefixes(rest, term)) return wrong(term.text, "the prefix length is wrong");
      break;
    case Argument::maybe_domain:
      break;
  }
  return rest.empty() ? Result<void>() : read_domain(rest, term);
}

// §4.6.1, directive; `name_end` is where its name ends.
Result<void> read_mechanism(std::string_view text, std::size_t name_end, SpfRecord& record) {
  SpfTerm term;
  term.text = text;
  std::string_view name = text.substr(0, name_end);
  const std::string_view rest = text.substr(name.size());
  if (name.find_first_of("+-?~") == 0) {
    term.qualifier = name.front();
    name.remove_prefix(1);
  }
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms),
                                  [name](const Form& candidate) { return iequals(candidate.name, name); });
  // §4.6: unknown mechanisms are errors.
  if (form == std::end(kForms)) return wrong(text, "there is no such mechanism");
  term.mechanism = form->mechanism;
  if (auto read = read_argument(form->argument, rest, term); !read) return read;
  record.terms.push_back(term);
  return {};
}

// §12: name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
bool is_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
  };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

// §6: redirect and exp at most once; others are ignored when they are well formed.
Result<void> read_modifier(std::string_view text, std::size_t equals, SpfRecord& record) {
  const std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  if (!is_name(name)) return wrong(text, "this is no name of a modifier");
  const bool redirect = iequals(name, "redirect");
  if (!redirect && !iequals(name, "exp")) {
    const auto checked = check_macro_string(value);
    return checked ? Result<void>() : wrong(text, checked.error().sentence);
  }
  std::string_view& kept = redirect ? record.redirect : record.exp;
  if (!kept.empty()) return wrong(text, "the modifier stands there twice");
  if (const auto checked = check_domain_spec(value); !checked) return wrong(text, checked.error().sentence);
  kept = value;
  return {};
}

}  // namespace

bool is_spf_record(std::string_view text) {
  return istarts_with(text, kVersion) && (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

Result<SpfRecord> parse_spf_record(std::string_view text) {
  SpfRecord record;
  std::string_view rest = text.substr(kVersion.size());
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) return record;
    const std::string_view term = rest.substr(0, rest.find(' '));
    rest.remove_prefix(term.size());
    const std::size_t name_end = std::min(term.find_first_of(":/="), term.size());
    const bool modifier = name_end < term.size() && term[name_end] == '=';
    const auto read =
        modifier ? read_modifier(term, name_end, record) : read_mechanism(term, name_end, record);
    if (!read) return tl::unexpected<Error>(read.error());
  }
}

}  // namespace xspamd::auth
