// What came from the same sender before: his address, his network and the domains that he has proved. Each
// message is counted once, when its verdict is known, as what it was without the points of this check; in
// between, and by what was decided otherwise, nothing is counted. Own mail has no reputation. Off by default:
// a server needs mail enough to judge by.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "proto/base/text.h"
#include "rules/checks/own_mail.h"
#include "rules/io_runner.h"
#include "rules/learn/reputation.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<std::string_view, 4> kAfter{"spf", "dkim", "dmarc", "hosts"};

// rspamd 3.4 has no scores for its rules; its documentation (2026-11) proposes -1 and 4 for IP_REPUTATION, -1
// and 2 for SPF_REPUTATION. Here DKIM is like SPF. One sender has up to five reputations that say much the
// same, so the other two score little.
constexpr std::array<Symbol, 10> kSymbols{
    {{"IP_REPUTATION_SPAM", Points{4000}, "Most of the mail that came from this address was spam"},
     {"IP_REPUTATION_HAM", Points{-1000}, "Hardly any of the mail that came from this address was spam"},
     {"ASN_REPUTATION_SPAM", Points{1000}, "Most of the mail that came from the client's network was spam"},
     {"ASN_REPUTATION_HAM", Points{-500},
      "Hardly any of the mail that came from the client's network was spam"},
     {"DKIM_REPUTATION_SPAM", Points{2000}, "Most of the mail that this domain signed was spam"},
     {"DKIM_REPUTATION_HAM", Points{-1000}, "Hardly any of the mail that this domain signed was spam"},
     {"SPF_REPUTATION_SPAM", Points{2000}, "Most of the mail that this domain sent was spam (SPF)"},
     {"SPF_REPUTATION_HAM", Points{-1000}, "Hardly any of the mail that this domain sent was spam (SPF)"},
     {"FROM_REPUTATION_SPAM", Points{1000}, "Most of the mail of authors at this domain was spam"},
     {"FROM_REPUTATION_HAM", Points{-500}, "Hardly any of the mail of authors at this domain was spam"}}};

struct SymbolPair {
  std::string_view spam;
  std::string_view ham;
};
// By IdentityKind.
constexpr std::array<SymbolPair, 5> kPairs{{{"IP_REPUTATION_SPAM", "IP_REPUTATION_HAM"},
                                            {"ASN_REPUTATION_SPAM", "ASN_REPUTATION_HAM"},
                                            {"DKIM_REPUTATION_SPAM", "DKIM_REPUTATION_HAM"},
                                            {"SPF_REPUTATION_SPAM", "SPF_REPUTATION_HAM"},
                                            {"FROM_REPUTATION_SPAM", "FROM_REPUTATION_HAM"}}};

constexpr seconds kPatience{1};         // with the store
constexpr double kLeastStrength = 0.1;  // that is told

struct Options {
  OwnMail own;
  IdentityOptions identities;
  seconds half_life{};
  std::uint32_t min_messages = 0;
  Points ham_below;
};

// What is known of an identity.
struct Record {
  const Identity* identity = nullptr;
  Reputation reputation;
};

// The worst of a kind: no signature hides another.
void keep_worst(std::array<Record, kPairs.size()>& worst, const Record& record) {
  Record& kept = worst[static_cast<std::size_t>(record.identity->kind)];
  if (kept.identity == nullptr || record.reputation.strength() > kept.reputation.strength()) kept = record;
}

void note(Scan& scan, const Record& record) {
  const Reputation& reputation = record.reputation;
  const std::string count = fmt::format("{:.0f}", reputation.messages());
  scan.note(fmt::format("reputation: {} {}: {} message{}, {} % spam", name(record.identity->kind),
                        printable(record.identity->value), count, count == "1" ? "" : "s",
                        spam_percent(reputation)));
}

// `entries`: kWindows for each identity.
void tell(const Options& options, std::span<const Identity> identities,
          std::span<const std::optional<StoreEntry>> entries, Scan& scan) {
  std::array<Record, kPairs.size()> worst;
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const Record record{&identities[i], reputation_of(entries.subspan(i * kWindows, kWindows))};
    if (record.reputation.messages() <= 0) continue;
    note(scan, record);
    if (record.reputation.messages() >= options.min_messages) keep_worst(worst, record);
  }
  for (std::size_t kind = 0; kind < worst.size(); ++kind) {
    const Record& record = worst[kind];
    if (record.identity == nullptr) continue;
    const double strength = record.reputation.strength();
    if (std::abs(strength) < kLeastStrength) continue;
    scan.add(strength > 0 ? kPairs[kind].spam : kPairs[kind].ham,
             {share_text(record.reputation), record.identity->value}, std::abs(strength));
  }
}

// Once the verdict is known; the scan lives until then.
void count_later(std::shared_ptr<const Options> options, std::vector<Identity> identities,
                 const Window& window, Scan& scan) {
  scan.after_verdict([&scan, options = std::move(options), identities = std::move(identities),
                      window](const Verdict& verdict) {
    // What did not run might have shown spam.
    if (scan.cut_short || !scan.late.empty() || !scan.store_failed.empty()) return;
    const auto which = counted_class(verdict, options->ham_below);
    if (!which) return;
    std::vector<Delta> deltas;
    for (const Identity& identity : identities)
      deltas.push_back(reputation_delta(identity, *which, window));
    scan.memory().store->add(std::move(deltas));
  });
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const std::shared_ptr<Store> store = scan.memory().store;
  if (!store || options->own.is_spared(scan.mail.request.envelope)) co_return;
  const auto identities = identities_of(scan.mail, scan.facts, options->identities);
  if (identities.empty()) co_return;
  const Window window = window_at(scan.mail.now, options->half_life);
  count_later(options, identities, window, scan);
  std::vector<StoreKey> keys;
  for (const Identity& identity : identities) {
    for (StoreKey& key : reputation_keys(identity, window))
      keys.push_back(std::move(key));
  }
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  const auto entries = co_await store->get(std::move(keys), deadline);
  if (entries) {
    tell(*options, identities, *entries, scan);
  } else {
    scan.store_failed.insert("reputation");
  }
}

Result<int> read_prefix(conf::Section& section, std::string_view key, std::uint8_t preset, int least,
                        int most) {
  const int bits = section.get(key, preset, "Bits of an address that stand for its host");
  if (bits < least || bits > most)
    return fail(Errc::invalid, fmt::format("{} is {}: expected {} to {}", key, bits, least, most));
  return bits;
}

Result<seconds> read_half_life(conf::Section& section) {
  constexpr milliseconds kLeast = std::chrono::hours(1);
  constexpr milliseconds kMost = std::chrono::hours(24 * 365);
  const auto half_life = section.get("half_life", milliseconds(std::chrono::hours(24 * 7)),
                                     "Time after which a message counts half; after four it is forgotten");
  if (half_life < kLeast || half_life > kMost)
    return fail(Errc::invalid, fmt::format("half_life is {} s: expected 1h to 365d",
                                           std::chrono::duration_cast<seconds>(half_life).count()));
  return std::chrono::duration_cast<seconds>(half_life);
}

Result<void> read_identities(conf::Section& section, const Services& services, IdentityOptions& identities) {
  const auto ipv4 = read_prefix(section, "ipv4_prefix", 32, 8, 32);
  if (!ipv4) return tl::unexpected<Error>(ipv4.error());
  const auto ipv6 = read_prefix(section, "ipv6_prefix", 64, 16, 128);
  if (!ipv6) return tl::unexpected<Error>(ipv6.error());
  identities.ipv4_prefix = *ipv4;
  identities.ipv6_prefix = *ipv6;
  identities.ranges = section.get("ranges", std::vector<Network>{},
                                  "Networks whose addresses have one reputation: the outgoing mail servers "
                                  "of a provider, say");
  identities.suffixes = services.suffixes ? services.suffixes : std::make_shared<const Suffixes>();
  auto except = read_except(section, "Networks and domains that have no reputation: forwarders, say");
  if (!except) return tl::unexpected<Error>(except.error());
  identities.except = std::move(*except);
  // Who relays to us answers for no mail of others.
  const auto& relays = services.config.networks.relays;
  identities.except.networks.insert(identities.except.networks.end(), relays.begin(), relays.end());
  return {};
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own.local = services.config.networks.local;
  const auto half_life = read_half_life(section);
  if (!half_life) return tl::unexpected<Error>(half_life.error());
  options->half_life = *half_life;
  options->min_messages = section.get("min_messages", std::uint32_t{10},
                                      "Messages that must be known of a sender, older ones less than whole");
  options->ham_below = section.get("ham_below", Points{2000},
                                   "Mail below this score, without its reputation, is counted as ham");
  const auto read = read_identities(section, services, options->identities);
  if (!read) return tl::unexpected<Error>(read.error());
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check reputation_check;
const Check reputation_check{.name = "reputation",
                             .group = kReputationGroup,
                             .about = "What came before from the same address, network and domains",
                             .phase = Phase::scan,
                             .after = kAfter,
                             .symbols = kSymbols,
                             .make = make};

}  // namespace xspamd
