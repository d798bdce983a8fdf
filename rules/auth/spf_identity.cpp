#include "rules/auth/spf_identity.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/url_idna.h"

namespace xspamd::auth {

namespace {

// §4.3: internationalized names are looked up as A-labels.
std::string as_domain(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  std::string domain = to_lower(text);
  if (ascii_length(domain) == domain.size()) return domain;
  std::string ascii;
  UrlTricks tricks;
  return domain_to_ascii(domain, ascii, tricks) ? ascii : domain;
}

}  // namespace

SpfIdentity spf_identity(std::string_view sender, std::string_view helo) {
  constexpr std::string_view kPostmaster = "postmaster";  // §2.4, §4.3
  if (sender.empty()) return {std::string(kPostmaster), as_domain(helo), true};
  const std::size_t at = sender.rfind('@');
  if (at == std::string_view::npos) return {std::string(kPostmaster), as_domain(sender), false};
  return {std::string(at == 0 ? kPostmaster : sender.substr(0, at)), as_domain(sender.substr(at + 1)), false};
}

bool is_complete_name(std::string_view name) {
  constexpr std::size_t kMostName = 253;
  constexpr std::size_t kMostLabel = 63;
  if (name.size() > kMostName || ascii_length(name) != name.size()) return false;
  std::size_t labels = 0;
  for (std::size_t begin = 0; begin <= name.size(); ++labels) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (end == begin || end - begin > kMostLabel) return false;
    begin = end + 1;
  }
  return labels > 1;
}

}  // namespace xspamd::auth
