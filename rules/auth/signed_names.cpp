#include "rules/auth/signed_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"

namespace xspamd::auth {

namespace {

constexpr std::size_t kMostListed = 100;
constexpr std::size_t kMostName = 100;
// 25 KB of h= at most: other verifiers have limits too.
constexpr std::size_t kMostSigned = 500;

// RFC 5322 §2.2; a ";" would end the list.
bool is_field_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostName && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c <= '~' && c != ':' && c != ';';
  });
}

// Why a field is never signed; empty if it may be (RFC 6376 §5.4, §5.4.1; RFC 8617 §4.1.2).
std::string_view why_not_signed(std::string_view name) {
  if (name == "return-path" || name == "authentication-results") return "it changes on its way";
  if (name == "dkim-signature") return "more of them may be added";
  return name.starts_with("arc-") ? "ARC seals it itself" : "";
}

SignedName parse_one(std::string_view entry) {
  SignedName signed_name;
  if (istarts_with(entry, "(o)")) signed_name.over = SignedName::Over::always;
  if (istarts_with(entry, "(x)")) signed_name.over = SignedName::Over::if_present;
  constexpr std::size_t kMark = 3;
  signed_name.name = to_lower(entry.substr(signed_name.over == SignedName::Over::never ? 0 : kMark));
  return signed_name;
}

}  // namespace

Result<std::vector<SignedName>> parse_signed_names(std::span<const std::string> list) {
  if (list.size() > kMostListed)
    return fail(Errc::limit, fmt::format("{} header fields are more than {}", list.size(), kMostListed));
  std::vector<SignedName> names;
  const auto has = [&](std::string_view wanted) {
    return std::any_of(names.begin(), names.end(), [&](const SignedName& n) { return n.name == wanted; });
  };
  for (const std::string& entry : list) {
    SignedName next = parse_one(trim(entry));
    if (!is_field_name(next.name))
      return fail(Errc::invalid, fmt::format("{} is no header field; expected \"subject\", \"(x)subject\" or "
                                             "\"(o)subject\"",
                                             quoted(cut_utf8(entry, kMostName))));
    if (const auto why = why_not_signed(next.name); !why.empty())
      return fail(Errc::invalid, fmt::format("{} cannot be signed: {}", quoted(entry), why));
    if (has(next.name)) return fail(Errc::invalid, fmt::format("{} is there twice", quoted(next.name)));
    names.push_back(std::move(next));
  }
  // RFC 6376 §5.4.
  if (!has("from")) names.insert(names.begin(), {"from", SignedName::Over::always});
  return names;
}

Result<std::vector<std::string_view>> names_to_sign(const Message& message,
                                                    std::span<const SignedName> list) {
  std::vector<std::string_view> names;
  for (const SignedName& each : list) {
    std::size_t times = message.all(each.name).size();
    const bool over =
        each.over == SignedName::Over::always || (each.over == SignedName::Over::if_present && times > 0);
    times += over ? 1 : 0;
    if (names.size() + times > kMostSigned)
      return fail(Errc::limit, fmt::format("more than {} header fields would have to be signed, the last of "
                                           "them {}",
                                           kMostSigned, quoted(each.name)));
    names.insert(names.end(), times, each.name);
  }
  return names;
}

}  // namespace xspamd::auth
