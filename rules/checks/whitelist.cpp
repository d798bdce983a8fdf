// Domains that are trusted, or must prove themselves, once SPF, DKIM or DMARC has shown who sent the mail:
// the lists spf, dkim, spf_dkim and dmarc of [checks.whitelist], all empty unless a postmaster fills them. An
// entry is "DOMAIN", with what is below it, then maybe "both", "bl" or "wl" and a factor for the score, as
// rspamd's maps write them: "bank.example both:0.5". wl: trusted when it passes. bl: held against mail that
// claims the domain and does not pass. What could not be checked counts for neither.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "proto/base/text.h"
#include "rules/check.h"
#include "rules/io_runner.h"
#include "rules/listed_domain.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::array<std::string_view, 3> kAfter{"spf", "dkim", "dmarc"};

constexpr std::array<Symbol, 8> kSymbols{
    {{"WHITELIST_SPF", Points{-1000}, "The mail is of a trusted domain (SPF)"},
     {"WHITELIST_DKIM", Points{-1000}, "The mail is signed by a trusted domain (DKIM)"},
     {"WHITELIST_SPF_DKIM", Points{-3000}, "The mail is of a trusted domain and signed by it (SPF and DKIM)"},
     {"WHITELIST_DMARC", Points{-7000}, "The sender that is shown is of a trusted domain (DMARC)"},
     {"BLACKLIST_SPF", Points{1000}, "The mail claims a protected domain, which did not send it (SPF)"},
     {"BLACKLIST_DKIM", Points{2000}, "The signature of a protected domain is broken (DKIM)"},
     {"BLACKLIST_SPF_DKIM", Points{3000},
      "The mail claims a protected domain, which did not send or sign it (SPF and DKIM)"},
     {"BLACKLIST_DMARC", Points{6000},
      "The sender that is shown claims a protected domain, but is not of it (DMARC)"}}};

struct Entry {
  bool trusted = true;    // wl
  bool protects = false;  // bl
  double factor = 1;
};
using Entries = std::map<std::string, Entry, std::less<>>;

// What one method says of the domains that a message claims.
struct Claim {
  std::string domain;
  bool proved = false;
  bool refuted = false;  // neither: not known
};
using Claims = std::vector<Claim>;

// A record that lets everyone send proves nothing.
Claims spf_claims(const Facts& facts) {
  if (!facts.spf) return {};
  const auth::SpfOutcome& spf = *facts.spf;
  const bool pass = spf.result == auth::SpfResult::pass && !spf.plus_all;
  return {{spf.domain, pass, !pass && spf.result != auth::SpfResult::temperror}};
}

// Nor does a signature that lets anyone add text.
Claims dkim_claims(const Facts& facts) {
  Claims claims;
  for (const auth::DkimOutcome& dkim : facts.dkim) {
    const bool pass = dkim.result == auth::DkimResult::pass && dkim.unsigned_bytes == 0;
    claims.push_back({dkim.domain, pass, dkim.result == auth::DkimResult::fail});
  }
  return claims;
}

// The envelope's domain, signed by itself or by one under the same entry.
Claims spf_dkim_claims(const Facts& facts, const Entries& entries) {
  Claims claims = spf_claims(facts);
  if (claims.empty() || !facts.dkim_checked) return {};
  Claim& claim = claims.front();
  const auto entry = covering(entries, claim.domain);
  bool is_signed = false;
  for (const Claim& signature : dkim_claims(facts))
    is_signed = is_signed || (signature.proved && covering(entries, signature.domain) == entry);
  const bool unknown = std::any_of(facts.dkim.begin(), facts.dkim.end(), [](const auth::DkimOutcome& dkim) {
    return dkim.result == auth::DkimResult::temperror;
  });
  claim.refuted = claim.refuted || (!is_signed && !unknown);
  claim.proved = claim.proved && is_signed;
  return claims;
}

Claims dmarc_claims(const Facts& facts) {
  if (!facts.dmarc) return {};
  const auth::DmarcOutcome& dmarc = *facts.dmarc;
  const bool everyone = facts.spf && facts.spf->plus_all;
  const bool pass = dmarc.result == auth::DmarcResult::pass && (dmarc.by_dkim || !everyone);
  const bool unknown =
      dmarc.unknown || !dmarc.trusted_sealer.empty() || dmarc.result == auth::DmarcResult::temperror;
  return {{dmarc.domain, pass, !pass && !unknown}};
}

struct List {
  std::string_view key, about, whitelist, blacklist;
  Claims (*claims)(const Facts& facts, const Entries& entries);
};
constexpr std::array<List, 4> kLists{
    {{"spf",
      "Domains trusted by SPF, with what is below them; \"DOMAIN both:0.5\": also protected, half the score",
      "WHITELIST_SPF", "BLACKLIST_SPF",
      [](const Facts& facts, const Entries&) {
        return spf_claims(facts);
      }},
     {"dkim", "Domains trusted by DKIM; as spf", "WHITELIST_DKIM", "BLACKLIST_DKIM",
      [](const Facts& facts, const Entries&) {
        return dkim_claims(facts);
      }},
     {"spf_dkim", "Domains trusted by SPF and DKIM together; as spf", "WHITELIST_SPF_DKIM",
      "BLACKLIST_SPF_DKIM", spf_dkim_claims},
     {"dmarc", "Domains of From fields trusted by DMARC; as spf", "WHITELIST_DMARC", "BLACKLIST_DMARC",
      [](const Facts& facts, const Entries&) {
        return dmarc_claims(facts);
      }}}};

using Options = std::array<Entries, kLists.size()>;

// The domains for which `says` holds, as one hit with the largest of their factors.
template <class Says>
bool add_hit(Scan& scan, std::string_view symbol, const Entries& entries, const Claims& claims, Says says) {
  std::vector<std::string> domains;
  double factor = 0;
  for (const Claim& claim : claims) {
    const auto entry = covering(entries, claim.domain);
    if (entry == entries.end() || !says(claim, entry->second)) continue;
    domains.push_back(claim.domain);
    factor = std::max(factor, entry->second.factor);
  }
  if (domains.empty()) return false;
  scan.add(symbol, std::move(domains), factor);
  return true;
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  for (std::size_t i = 0; i < kLists.size(); ++i) {
    const Entries& entries = (*options)[i];
    if (entries.empty()) continue;
    const List& list = kLists[i];
    const Claims claims = list.claims(scan.facts, entries);
    const auto proved = [](const Claim& claim, const Entry& entry) {
      return claim.proved && entry.trusted;
    };
    const auto refuted = [](const Claim& claim, const Entry& entry) {
      return claim.refuted && entry.protects;
    };
    if (!add_hit(scan, list.whitelist, entries, claims, proved))
      add_hit(scan, list.blacklist, entries, claims, refuted);
  }
  co_return;
}

// "wl:2", "both", "0.5"
std::optional<Entry> read_entry(std::string_view text) {
  constexpr double kMostFactor = 100;
  Entry entry;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view how = text.substr(0, colon);
  if (how == "wl" || how == "bl" || how == "both") {
    entry.trusted = how != "bl";
    entry.protects = how != "wl";
    if (colon == text.size()) return entry;
    text.remove_prefix(colon + 1);
  }
  const auto factor = parse_double(text);
  if (!factor || !(*factor > 0) || *factor > kMostFactor) return std::nullopt;
  entry.factor = *factor;
  return entry;
}

Result<void> add_entry(std::string_view text, Entries& entries) {
  const std::string_view name = text.substr(0, text.find(' '));
  const std::string_view rest = trim(text.substr(name.size()));
  auto domain = listed_domain(name);
  if (!domain) return tl::unexpected<Error>(domain.error());
  const auto entry = rest.empty() ? Entry() : read_entry(rest);
  if (!entry)
    return fail(Errc::invalid,
                fmt::format("{}: behind the domain stands wl, bl or both, a factor such as 0.5, "
                            "or both:0.5",
                            quoted(text)));
  entries.insert_or_assign(std::move(*domain), *entry);
  return {};
}

Result<Runner> make(conf::Section& section, Services&) {
  auto options = std::make_shared<Options>();
  for (std::size_t i = 0; i < kLists.size(); ++i) {
    const auto texts = section.get(kLists[i].key, std::vector<std::string>(), kLists[i].about);
    for (const std::string& text : texts) {
      const auto added = add_entry(text, (*options)[i]);
      if (!added) return fail(Errc::invalid, fmt::format("{}: {}", kLists[i].key, added.error().sentence));
    }
  }
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check whitelist_check;
const Check whitelist_check{
    .name = "whitelist",
    .group = "whitelist",
    .about = "Domains that are trusted, or protected, once it is known who sent the mail",
    .phase = Phase::scan,
    .after = kAfter,
    .symbols = kSymbols,
    .make = make};

}  // namespace xspamd
