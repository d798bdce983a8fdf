#include "rules/auth/dkim_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/url_idna.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kMostNames = 1'000;  // of h=

using Tags = std::span<const Tag>;
// What is wrong, empty if nothing is.
using Problem = std::string;

bool is_name(std::string_view text, std::size_t least_labels) {
  constexpr std::size_t kMostName = 253;
  constexpr std::size_t kMostLabel = 63;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
  };
  const auto labels = split(text, '.');
  return text.size() <= kMostName && labels.size() >= least_labels &&
         std::all_of(labels.begin(), labels.end(), [&](std::string_view label) {
           return !label.empty() && label.size() <= kMostLabel &&
                  std::all_of(label.begin(), label.end(), fits);
         });
}

// domain-name and selector of §3.5. RFC 8616 §5: they may be U-labels, and are A-labels where they are asked
// for. Underscores are no part of host names, and are in use. Empty when the value is none.
std::string parse_name(std::string_view value, std::size_t least_labels) {
  std::string name = to_lower(value);
  if (ascii_length(name) < name.size()) {
    std::string ascii;
    UrlTricks tricks;
    if (!domain_to_ascii(name, ascii, tricks)) return {};
    name = std::move(ascii);
  }
  return is_name(name, least_labels) ? name : std::string();
}

std::string_view value_of(Tags tags, std::string_view name) {
  const Tag* tag = find_tag(tags, name);
  return tag != nullptr ? tag->value : std::string_view();
}

// Of those that must be there with a value, the first that is not.
Problem find_missing(Tags tags, std::string_view names) {
  for (const std::string_view name : split(names, ' '))
    if (value_of(tags, name).empty()) return fmt::format("there is no {}=", name);
  return {};
}

Problem read_key_name(Tags tags, SignatureTags& into) {
  into.domain = parse_name(value_of(tags, "d"), 2);
  if (into.domain.empty()) return fmt::format("d={} is no domain", shown(value_of(tags, "d")));
  into.selector = parse_name(value_of(tags, "s"), 1);
  if (into.selector.empty()) return fmt::format("s={} is no selector", shown(value_of(tags, "s")));
  into.identity = "@" + into.domain;
  constexpr std::size_t kMostName = 253;
  return into.key_name().size() <= kMostName ? "" : "the name of its key is too long";
}

// §3.3, RFC 8463 §3. RFC 8617 §4.1.2 takes over RFC 8301, which forbids SHA-1.
Problem read_algorithm(Tags tags, SignatureKind kind, SignatureTags& into) {
  struct Algorithm {
    std::string_view name;
    bool is_ed25519;
    Hash hash;
  };
  constexpr std::array<Algorithm, 3> kAlgorithms{{{"rsa-sha256", false, Hash::sha256},
                                                  {"ed25519-sha256", true, Hash::sha256},
                                                  {"rsa-sha1", false, Hash::sha1}}};
  const std::string_view value = value_of(tags, "a");
  for (const Algorithm& algorithm : kAlgorithms) {
    if (!iequals(value, algorithm.name)) continue;
    if (kind != SignatureKind::dkim && algorithm.hash == Hash::sha1) break;
    into.algorithm = algorithm.name;
    into.is_ed25519 = algorithm.is_ed25519;
    into.hash = algorithm.hash;
    return {};
  }
  return fmt::format("a={} is not supported", shown(value));
}

Problem read_signature(Tags tags, SignatureTags& into) {
  const Tag* tag = find_tag(tags, "b");
  into.raw_signature = tag->raw;
  auto bytes = parse_base64(tag->value);
  if (!bytes) return "b= is no base64";
  into.signature = std::move(*bytes);
  constexpr std::size_t kBegin = 8;
  for (const char c : tag->value)
    if (!is_space(c) && into.begin_of_b.size() < kBegin) into.begin_of_b += c;
  return {};
}

Problem read_body_hash(Tags tags, SignatureTags& into) {
  auto bytes = parse_base64(value_of(tags, "bh"));
  if (!bytes || bytes->size() != digest_size(into.hash)) return "bh= is no hash";
  into.body_hash = std::move(*bytes);
  return {};
}

bool read_form(std::string_view value, Canonicalization& into) {
  const bool relaxed = iequals(value, "relaxed");
  into = relaxed ? Canonicalization::relaxed : Canonicalization::simple;
  return relaxed || iequals(value, "simple");
}

// "header/body"; simple where one is not named (§3.5). deviates: an ARC-Message-Signature without c= is
// relaxed in both, as those who verify ARC agree, though RFC 8617 §4.1.2 names no default of its own.
Problem read_forms(Tags tags, SignatureKind kind, SignatureTags& into) {
  const Tag* tag = find_tag(tags, "c");
  if (tag == nullptr && kind == SignatureKind::arc_message)
    into.header_form = into.body_form = Canonicalization::relaxed;
  if (tag == nullptr) return {};
  const std::size_t slash = std::min(tag->value.find('/'), tag->value.size());
  const bool both = slash < tag->value.size();
  if (!read_form(tag->value.substr(0, slash), into.header_form) ||
      (both && !read_form(tag->value.substr(slash + 1), into.body_form)))
    return fmt::format("c={} is not supported", shown(tag->value));
  return {};
}

// §5.4: From must be signed; RFC 8617 §4.1.2: ARC-Seal must not, and h= may be empty.
Problem read_names(Tags tags, SignatureKind kind, SignatureTags& into) {
  const Tag* tag = find_tag(tags, "h");
  if (tag == nullptr) return "there is no h=";
  if (static_cast<std::size_t>(std::count(tag->value.begin(), tag->value.end(), ':')) >= kMostNames)
    return fmt::format("h= names more than {} fields", kMostNames);
  into.names = split_value(tag->value);
  const auto names = [&](std::string_view wanted) {
    return std::any_of(into.names.begin(), into.names.end(),
                       [&](std::string_view name) { return iequals(name, wanted); });
  };
  if (kind == SignatureKind::dkim && !names("From")) return "From is not signed";
  if (kind == SignatureKind::arc_message && names("ARC-Seal")) return "ARC-Seal is signed";
  return {};
}

// False when it is there and no number.
bool read_number(Tags tags, std::string_view name, std::optional<std::uint64_t>& into) {
  const Tag* tag = find_tag(tags, name);
  if (tag != nullptr) into = parse_number(tag->value);
  return tag == nullptr || into;
}

Problem read_time(Tags tags, SignatureTags& into) {
  return read_number(tags, "t", into.made) ? "" : "t= is no time";
}

// l=, x=, q=
Problem read_limits(Tags tags, SignatureTags& into) {
  std::optional<std::uint64_t> length;
  if (!read_number(tags, "l", length)) return "l= is no number";
  if (length) into.length = *length;
  if (!read_number(tags, "x", into.expires)) return "x= is no time";
  if (into.made && into.expires && *into.expires <= *into.made) return "x= is not later than t=";
  const Tag* query = find_tag(tags, "q");
  if (query != nullptr && !value_has(to_lower(query->value), "dns/txt"))
    return fmt::format("q={} is not supported", shown(query->value));
  return {};
}

bool is_in(std::string_view domain, std::string_view parent) {
  return domain == parent || (domain.size() > parent.size() && domain.ends_with(parent) &&
                              domain[domain.size() - parent.size() - 1] == '.');
}

// i= of DKIM (§3.5, §6.1.1).
Problem read_identity(Tags tags, SignatureTags& into) {
  const Tag* tag = find_tag(tags, "i");
  if (tag == nullptr) return {};
  const auto text = parse_quoted_printable(tag->value);
  const std::size_t at = text ? text->rfind('@') : std::string::npos;
  if (at == std::string::npos) return fmt::format("i={} is no identity", shown(tag->value));
  const std::string domain = parse_name(std::string_view(*text).substr(at + 1), 2);
  if (domain.empty() || !is_in(domain, into.domain))
    return fmt::format("i={} is not in the domain of d=", shown(tag->value));
  into.identity = to_lower(printable(text->substr(0, at))) + "@" + domain;
  return {};
}

// i= and cv= of ARC (RFC 8617 §4.2.1, §4.1.3).
Problem read_chain(Tags tags, SignatureKind kind, SignatureTags& into) {
  const auto instance = parse_instance(value_of(tags, "i"));
  if (!instance) return fmt::format("i={} is no instance", shown(value_of(tags, "i")));
  into.instance = *instance;
  if (kind != SignatureKind::arc_seal) return {};
  into.chain = to_lower(value_of(tags, "cv"));
  for (const std::string_view known : {"none", "pass", "fail"})
    if (into.chain == known) return {};
  return fmt::format("cv={} is none", shown(value_of(tags, "cv")));
}

Problem read_dkim(Tags tags, SignatureTags& into) {
  if (Problem problem = read_identity(tags, into); !problem.empty()) return problem;
  if (value_of(tags, "v") != "1") return fmt::format("v={} is not supported", shown(value_of(tags, "v")));
  return {};
}

// In the order in which they are told.
Problem read(Tags tags, SignatureKind kind, SignatureTags& into) {
  const bool dkim = kind == SignatureKind::dkim;
  const bool seal = kind == SignatureKind::arc_seal;
  Problem problem = dkim ? "" : read_chain(tags, kind, into);
  if (problem.empty()) problem = find_missing(tags, dkim ? "v d s a b bh" : seal ? "d s a b" : "d s a b bh");
  if (problem.empty()) problem = read_key_name(tags, into);
  if (problem.empty()) problem = read_algorithm(tags, kind, into);
  if (problem.empty()) problem = read_signature(tags, into);
  if (problem.empty()) problem = read_time(tags, into);
  if (problem.empty() && dkim) problem = read_dkim(tags, into);
  if (seal) {
    // RFC 8617 §4.1.3: always so, whatever the field says.
    into.header_form = Canonicalization::relaxed;
    const bool has_names = find_tag(tags, "h") != nullptr;
    return problem.empty() && has_names ? "there is h=, which a seal must not have" : problem;
  }
  if (problem.empty()) problem = read_limits(tags, into);
  if (problem.empty()) problem = read_body_hash(tags, into);
  if (problem.empty()) problem = read_forms(tags, kind, into);
  if (problem.empty()) problem = read_names(tags, kind, into);
  return problem;
}

}  // namespace

std::string SignatureTags::key_name() const {
  return selector + "._domainkey." + domain;
}

SignatureTags parse_signature(std::string_view value, SignatureKind kind) {
  SignatureTags tags;
  if (value.size() > kMostBytes) {
    tags.problem = fmt::format("the field has more than {} bytes", kMostBytes);
    return tags;
  }
  const auto list = parse_tag_list(value);
  tags.problem = list ? read(*list, kind, tags) : list.error().sentence;
  return tags;
}

std::optional<int> parse_instance(std::string_view value) {
  constexpr int kMostInstances = 50;
  const auto number = value.size() <= 2 ? parse_number(value) : std::nullopt;
  if (!number || *number < 1 || *number > kMostInstances) return std::nullopt;
  return static_cast<int>(*number);
}

std::string problem_of_times(const SignatureTags& tags, std::chrono::sys_seconds now) {
  constexpr std::uint64_t kClocks = 300;
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0));
  if (tags.expires && *tags.expires < seconds && seconds - *tags.expires > kClocks)
    return "the signature has expired";
  if (tags.made && *tags.made > seconds + kClocks) return "the signature is from the future";
  return {};
}

}  // namespace xspamd::auth
