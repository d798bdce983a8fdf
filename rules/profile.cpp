#include "rules/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "proto/base/text.h"
#include "proto/mail/address.h"

namespace xspamd {

namespace {

constexpr std::size_t kUsual = static_cast<std::size_t>(-1);
constexpr std::size_t kLongestDomain = 253;  // RFC 1035 §2.3.4, without the final dot

std::string any_at(std::string_view domain) {
  return fmt::format("@{}", to_lower(domain));
}
std::string any_below(std::string_view domain) {
  return fmt::format("*.{}", to_lower(domain));
}

bool is_domain(std::string_view text) {
  const auto allowed = [](char c) {
    return !is_space(c) && !is_control(c) && c != '*' && c != '@' && c != '<' && c != '>' && c != ',';
  };
  return !text.empty() && text.front() != '.' && text.size() <= kLongestDomain &&
         std::all_of(text.begin(), text.end(), allowed);
}

// What all of them hold the same.
template <class Set>
Set agreed(const std::vector<const Profile*>& all, Set Profile::*member) {
  Set same = all.front()->*member;
  for (const Profile* profile : all) {
    const Set& other = profile->*member;
    std::erase_if(same, [&](const auto& element) {
      return std::find(other.begin(), other.end(), element) == other.end();
    });
  }
  return same;
}

}  // namespace

Result<std::string> address_pattern(std::string_view text) {
  const std::string_view pattern = trim(text);
  if (pattern == "*" || pattern == "<>") return std::string(pattern);
  if (pattern.starts_with("*.") && is_domain(pattern.substr(2))) return any_below(pattern.substr(2));
  if (pattern.starts_with("@") && is_domain(pattern.substr(1))) return any_at(pattern.substr(1));
  if (is_domain(pattern)) return any_at(pattern);
  const Mailbox mailbox = parse_path(pattern);
  const bool address = !mailbox.local.empty() && is_domain(mailbox.domain);
  if (address && pattern.find('*') == std::string_view::npos) return to_lower(mailbox.address());
  return fail(Errc::invalid, fmt::format("{} is no address pattern, such as \"a@x.example\", \"x.example\", "
                                         "\"*.x.example\" or \"*\"",
                                         quoted(text)));
}

std::vector<std::string> address_keys(std::string_view address) {
  const Mailbox mailbox = parse_path(address);
  std::vector<std::string> keys;
  if (mailbox.local.empty() && mailbox.domain.empty()) return {"<>", "*"};
  keys.push_back(to_lower(mailbox.address()));
  const std::string_view domain = mailbox.domain;
  if (!domain.empty() && domain.size() <= kLongestDomain) {
    keys.push_back(any_at(domain));
    for (std::size_t dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.', dot + 1))
      keys.push_back(any_below(domain.substr(dot + 1)));
  }
  keys.emplace_back("*");
  return keys;
}

bool ProfileFor::fits(const Envelope& envelope) const {
  if (sender) {
    const auto keys = address_keys(envelope.sender);
    if (std::none_of(keys.begin(), keys.end(), [&](const std::string& k) { return sender->contains(k); }))
      return false;
  }
  if (ip && (!envelope.client || !contains(*ip, *envelope.client))) return false;
  const bool logged_in = envelope.is_authenticated();
  if (authenticated && *authenticated != logged_in) return false;
  if (!user) return true;
  const auto same = [&](const std::string& login) {
    return login == "*" || login == envelope.user;
  };
  return logged_in && std::any_of(user->begin(), user->end(), same);
}

void Profiles::add(ProfileFor conditions, Profile profile) {
  if (conditions.recipient) {
    for (const std::string& pattern : *conditions.recipient)
      by_recipient_[pattern].push_back(rows_.size());
  }
  keep_off(profile);
  rows_.push_back({std::move(conditions), std::move(profile)});
}

const Profile& Profiles::profile_at(std::size_t place) const {
  return place == kUsual ? usual_ : rows_[place].profile;
}

// One place for each different profile of the recipients. What does not depend on the recipient is found out
// once: there may be 100,000 of them.
std::vector<std::size_t> Profiles::chosen(const Envelope& envelope) const {
  std::vector<bool> fits(rows_.size());
  std::size_t for_all = kUsual;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    fits[i] = rows_[i].conditions.fits(envelope);
    if (fits[i] && !rows_[i].conditions.recipient && for_all == kUsual) for_all = i;
  }
  if (envelope.recipients.empty() || by_recipient_.empty()) return {for_all};
  std::set<std::size_t> places;
  for (const std::string& recipient : envelope.recipients) {
    std::size_t best = for_all;
    for (const std::string& key : address_keys(recipient)) {
      const auto found = by_recipient_.find(key);
      if (found == by_recipient_.end()) continue;
      const auto first =
          std::find_if(found->second.begin(), found->second.end(), [&](std::size_t i) { return fits[i]; });
      if (first != found->second.end()) best = std::min(best, *first);
    }
    places.insert(best);
  }
  return {places.begin(), places.end()};
}

Profile Profiles::choose(const Envelope& envelope) const {
  if (rows_.empty()) return usual_;
  const auto places = chosen(envelope);
  if (places.size() == 1) return profile_at(places.front());
  std::vector<const Profile*> all;
  for (const std::size_t place : places)
    all.push_back(&profile_at(place));
  return merged(all);
}

void Profiles::keep_off(Profile& profile) const {
  for (const std::string& name : usual_.disable) {
    if (!profile.enable.contains(name)) profile.disable.insert(name);
  }
}

// What they agree on, and the most lenient thresholds.
Profile Profiles::merged(const std::vector<const Profile*>& all) const {
  Profile profile;
  profile.thresholds = all.front()->thresholds;
  for (const Profile* next : all) {
    if (next->names.empty()) profile.names.emplace_back("(default)");
    profile.names.insert(profile.names.end(), next->names.begin(), next->names.end());
    std::erase_if(profile.thresholds, [&](const auto& t) { return !next->thresholds.contains(t.first); });
    for (auto& [action, points] : profile.thresholds)
      points = std::max(points, next->thresholds.at(action));
  }
  profile.scores = agreed(all, &Profile::scores);
  profile.disable = agreed(all, &Profile::disable);
  profile.enable = agreed(all, &Profile::enable);
  keep_off(profile);
  profile.allow = std::all_of(all.begin(), all.end(), [](const Profile* p) { return p->allow; });
  profile.deny = std::all_of(all.begin(), all.end(), [](const Profile* p) { return p->deny; });
  return profile;
}

}  // namespace xspamd
