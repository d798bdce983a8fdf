#include "rules/learn/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "proto/mail/domain.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/host_network.h"

namespace xspamd {

namespace {

Network shared_network(const IpAddress& client, const IdentityOptions& options) {
  const auto range = std::find_if(options.ranges.begin(), options.ranges.end(),
                                  [&](const Network& network) { return network.contains(client); });
  if (range != options.ranges.end()) return *range;
  return network_of(client, client.is_v4() ? options.ipv4_prefix : options.ipv6_prefix);
}

// A domain as the message has it, and the domain of its owner.
struct Domain {
  std::string written;
  std::string owner;
};

// A public suffix has no owner above it and stands for itself.
Domain domain_of(std::string_view text, const Suffixes& suffixes) {
  Domain domain{mail::ascii_domain(text), {}};
  domain.owner = suffixes.registrable(domain.written);
  if (domain.owner.empty()) domain.owner = domain.written;
  return domain;
}

class Finder {
 public:
  explicit Finder(const IdentityOptions& options) : options_(options) {}

  void add_client(const Mail& mail, const HostFacts& host) {
    const auto& client = mail.request.envelope.client;
    if (!client || contains(options_.except.networks, *client)) return;
    add({IdentityKind::ip, host_text(shared_network(*client, options_))});
    for (std::size_t i = 0; i < std::min(host.asns.size(), kMostAsnIdentities); ++i)
      add({IdentityKind::asn, fmt::format("{}", host.asns[i])});
  }

  void add_dkim(const std::vector<auth::DkimOutcome>& outcomes) {
    std::size_t count = 0;
    for (const auth::DkimOutcome& dkim : outcomes) {
      if (count >= kMostDkimIdentities) return;
      if (dkim.result != auth::DkimResult::pass || dkim.unsigned_bytes != 0) continue;
      count += add_proved(IdentityKind::dkim, dkim.domain);
    }
  }

  void add_spf(const std::optional<auth::SpfOutcome>& spf) {
    if (spf && spf->result == auth::SpfResult::pass && !spf->plus_all)
      add_proved(IdentityKind::spf, spf->domain);
  }

  // RFC 7489 §3.1, relaxed; also where the domain publishes no policy.
  void add_from(const Mail& mail, const std::optional<auth::DmarcOutcome>& dmarc) {
    if (dmarc && dmarc->result == auth::DmarcResult::fail) return;
    const auto from = first_field_mailboxes(mail.message, "From");
    if (from.size() != 1 || from[0].domain.empty()) return;
    const Domain author = domain_of(from[0].domain, *options_.suffixes);
    if (proved_.contains(author.owner)) add_domain(IdentityKind::from, author);
  }

  std::vector<Identity> take() { return std::move(found_); }

 private:
  bool add(Identity identity) {
    if (identity.value.empty() || identity.value.size() > kMostValue) return false;
    if (std::find(found_.begin(), found_.end(), identity) != found_.end()) return false;
    found_.push_back(std::move(identity));
    return true;
  }

  bool add_domain(IdentityKind kind, const Domain& domain) {
    return !options_.except.has_domain(domain.written) && add({kind, domain.owner});
  }

  bool add_proved(IdentityKind kind, std::string_view text) {
    const Domain domain = domain_of(text, *options_.suffixes);
    proved_.insert(domain.owner);
    return add_domain(kind, domain);
  }

  const IdentityOptions& options_;
  std::vector<Identity> found_;
  std::set<std::string> proved_;  // owners
};

}  // namespace

std::string_view name(IdentityKind kind) {
  constexpr std::string_view kNames[] = {"ip", "asn", "dkim", "spf", "from"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Identity> identities_of(const Mail& mail, const Facts& facts, const IdentityOptions& options) {
  Finder finder(options);
  finder.add_client(mail, facts.host);
  finder.add_dkim(facts.dkim);
  finder.add_spf(facts.spf);
  finder.add_from(mail, facts.dmarc);
  return finder.take();
}

}  // namespace xspamd
