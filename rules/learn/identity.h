// Identity: what a message shows of its origin that nobody can forge, and that its past can be held for or
// against: the client's address and autonomous system, and the domains that SPF or DKIM has proved (RFC 8601
// §1.5.2). Domains are those of the owner (RFC 7489 §3.2): a new name below one's own domain costs nothing.
// Pure; at most kMostIdentities of a message, each of at most kMostValue bytes, none twice.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/suffix.h"
#include "rules/check.h"
#include "rules/except_list.h"
#include "rules/facts.h"

namespace xspamd {

enum class IdentityKind { ip, asn, dkim, spf, from };
std::string_view name(IdentityKind kind);  // "ip", "asn", ...

struct Identity {
  IdentityKind kind = IdentityKind::ip;
  std::string value;  // "192.0.2.1", "2001:db8::/64", "64500", "example.org"

  friend auto operator<=>(const Identity&, const Identity&) = default;
};

inline constexpr std::size_t kMostDkimIdentities = 5;
inline constexpr std::size_t kMostAsnIdentities = 3;
inline constexpr std::size_t kMostIdentities = kMostDkimIdentities + kMostAsnIdentities + 3;
inline constexpr std::size_t kMostValue = 200;

struct IdentityOptions {
  // How much of an address stands for its host.
  int ipv4_prefix = 32;
  int ipv6_prefix = 64;
  std::vector<Network> ranges;               // the hosts of each are one
  ExceptList except;                         // no identities, nor are the autonomous systems of its networks
  std::shared_ptr<const Suffixes> suffixes;  // never null
};

// What passed by a record that passes everyone, or by a signature that leaves room for more text, proves
// nothing. A From address counts when it is the only one, its owner is one that is proved, and DMARC has not
// failed.
std::vector<Identity> identities_of(const Mail& mail, const Facts& facts, const IdentityOptions& options);

}  // namespace xspamd
