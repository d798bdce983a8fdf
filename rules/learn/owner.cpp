#include "rules/learn/owner.h"

#include <algorithm>

#include "proto/base/text.h"
#include "rules/bayes/token_hash.h"
#include "rules/bayes/token_set.h"

namespace xspamd {

namespace {

using Per = conf::Learn::Per;

constexpr std::size_t kMostOwner = 200;  // bytes; a digest and it fit the id of an entry
// What clients of SPAMC say where they mean no user: Exim's documentation, and spamd's own word for it.
constexpr std::string_view kNobody = "nobody";

std::string owner_from(std::string_view address, Per per) {
  std::string_view owner = trim(address);
  if (per == Per::domain) {
    const std::size_t at = owner.rfind('@');
    owner = at == std::string_view::npos ? std::string_view() : owner.substr(at + 1);
  }
  const bool is_name =
      std::all_of(owner.begin(), owner.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
  if (!is_name || owner.size() > kMostOwner) return {};
  return to_lower(owner);
}

}  // namespace

std::string owner_of(const Request& request, Per per) {
  if (per == Per::server) return {};
  if (!request.profile_user.empty() && request.profile_user != kNobody)
    return owner_from(request.profile_user, per);
  const auto& recipients = request.envelope.recipients;
  if (recipients.empty()) return {};
  std::string owner = owner_from(recipients.front(), per);
  const bool is_one = std::all_of(recipients.begin(), recipients.end(), [&](const std::string& recipient) {
    return owner_from(recipient, per) == owner;
  });
  return is_one ? owner : std::string();
}

std::uint64_t scoped(std::uint64_t token, std::string_view owner) {
  if (owner.empty()) return token;
  const std::uint64_t other = bayes::mix(token, bayes::hash_of(owner));
  const std::uint64_t scoped = (other & ~bayes::kGroupBits) | bayes::group_index(token);
  return scoped == 0 ? bayes::kGroupBits + 1 : scoped;
}

std::vector<std::uint64_t> scoped(std::span<const std::uint64_t> tokens, std::string_view owner) {
  std::vector<std::uint64_t> others;
  others.reserve(tokens.size());
  for (const std::uint64_t token : tokens)
    others.push_back(scoped(token, owner));
  return others;
}

}  // namespace xspamd
