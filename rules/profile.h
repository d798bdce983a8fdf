// Profile: what one [profiles.NAME] table changes for the mail it is for: thresholds, scores, what is
// switched off and on, or no scan at all. Profiles: all of them, the highest priority first, then by name.
// Only facts of the envelope choose: recipients, sender, client address, authenticated login; no header of
// the request or the message does. Each recipient gets the first profile that fits. Where they get several,
// one message can be judged only once: of each threshold the most lenient counts (off before on, then the
// highest); a score, a switch, allow or deny counts where all of them say the same. A recipient without a
// profile has the configured settings.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/check.h"
#include "rules/symbols.h"

namespace xspamd {

struct Profile {
  std::vector<std::string> names;  // empty: the configured settings alone
  Thresholds thresholds;           // in force
  std::map<std::string, Points, std::less<>> scores;
  SymbolNames disable;  // checks and symbols; those that are on by this profile alone are missing
  SymbolNames enable;
  bool allow = false;
  bool deny = false;

  bool is_on(std::string_view check_or_symbol) const { return !disable.contains(check_or_symbol); }
};

// "a@x.example", "x.example" or "@x.example" (any address at it), "*.x.example" (at anything below it), "*",
// "<>" (the null sender); compared without regard to case. Returns the form that address_keys() gives.
Result<std::string> address_pattern(std::string_view text);
// The patterns that fit an address, the most special first.
std::vector<std::string> address_keys(std::string_view address);

// What must be true of the mail; what is not named fits all.
struct ProfileFor {
  std::optional<std::vector<std::string>> recipient;  // address_pattern()s, any of them
  std::optional<SymbolNames> sender;                  // the same
  std::optional<std::vector<Network>> ip;
  std::optional<std::vector<std::string>> user;  // "*": any login
  std::optional<bool> authenticated;

  // All but the recipient.
  bool fits(const Envelope& envelope) const;
};

class Profiles {
 public:
  // `usual`: what holds where no profile fits; what it disables is on only where a profile enables it.
  explicit Profiles(Profile usual = {}) : usual_(std::move(usual)) {}

  // In the order of preference.
  void add(ProfileFor conditions, Profile profile);
  Profile choose(const Envelope& envelope) const;
  std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    ProfileFor conditions;
    Profile profile;
  };
  std::vector<std::size_t> chosen(const Envelope& envelope) const;
  const Profile& profile_at(std::size_t place) const;
  Profile merged(const std::vector<const Profile*>& all) const;
  // Switches off what only an `enable` switches on.
  void keep_off(Profile& profile) const;

  Profile usual_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_recipient_;
};

// Reads every [profiles.NAME]; mistakes go to services.problems with their place. Called when all symbols are
// there.
Profiles read_profiles(Services& services);
// Checks and symbols that some profile switches on: they are made ready though disabled.
SymbolNames enabled_by_profiles(const conf::Value& tree);

}  // namespace xspamd
