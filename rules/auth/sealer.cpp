#include "rules/auth/sealer.h"

#include <algorithm>

#include "proto/mail/domain.h"
#include "rules/auth/dmarc.h"
#include "rules/listed_domain.h"

namespace xspamd::auth {

namespace {

// The domain in the first property of that name, of an address what is behind its "@"; empty if there is
// none.
std::string domain_in(const AuthResult& result, std::string_view type, std::string_view name) {
  for (const AuthProperty& property : result.properties) {
    if (property.type != type || property.name != name) continue;
    return mail::ascii_domain(std::string_view(property.value).substr(property.value.rfind('@') + 1));
  }
  return {};
}

// Whether this result, as the sealer wrote it, authenticates the author. How strictly the owner wants it does
// not matter: the sealer looked at the same record.
bool authenticates(const AuthResult& result, std::string_view author, const Suffixes& suffixes) {
  if (result.result != "pass") return false;
  const auto names = [&](std::string_view type, std::string_view name) {
    return is_aligned(domain_in(result, type, name), author, false, suffixes);
  };
  if (result.method == "dmarc") {
    const std::string from = domain_in(result, "header", "from");
    return from.empty() || from == mail::ascii_domain(author);
  }
  if (result.method == "spf") return names("smtp", "mailfrom");
  return result.method == "dkim" && (names("header", "d") || names("header", "i"));
}

}  // namespace

std::string vouching_sealer(const ArcOutcome& arc, const Sealers& trusted, std::string_view author,
                            const Suffixes& suffixes) {
  if (arc.result != ArcResult::pass || arc.sealers.empty() || !arc.results) return {};
  const std::string sealer = mail::ascii_domain(arc.sealers.back());
  if (covering(trusted, sealer) == trusted.end()) return {};
  const auto& results = arc.results->results;
  const bool vouches = std::any_of(results.begin(), results.end(), [&](const AuthResult& result) {
    return authenticates(result, author, suffixes);
  });
  return vouches ? sealer : std::string();
}

}  // namespace xspamd::auth
