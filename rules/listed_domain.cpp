#include "rules/listed_domain.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/domain.h"
#include "rules/auth/spf_identity.h"

namespace xspamd {

Result<std::string> listed_domain(std::string_view text) {
  std::string domain = mail::ascii_domain(text);
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
  };
  if (auth::is_complete_name(domain) && std::all_of(domain.begin(), domain.end(), fits)) return domain;
  return fail(Errc::invalid, fmt::format("{} is no domain", quoted(text)));
}

}  // namespace xspamd
