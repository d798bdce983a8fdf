// Facts: what checks learned that other checks build on. A check that reads one names its author in `after`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/ip.h"
#include "rules/auth/arc.h"
#include "rules/auth/dkim.h"
#include "rules/auth/dmarc.h"
#include "rules/auth/spf.h"

namespace xspamd {

// unknown: not asked, or the DNS could not tell.
enum class Known { yes, no, unknown };

// The client, as the DNS knows it (the check "hosts"). All is unknown where nobody looked: mail of our own
// users and networks, and clients whose address is not a public one.
struct HostFacts {
  Known has_name = Known::unknown;   // it has reverse names
  Known confirmed = Known::unknown;  // one of them has the client's address (RFC 8601 §2.7.3)
  std::vector<std::string> names;    // at most three, in lower case; none when the mail server told the name
  std::string verified;              // the one that is confirmed

  Known routed = Known::unknown;    // it is known whose network it is
  std::vector<std::uint32_t> asns;  // if yes: numbers of autonomous systems, one at least
  Network network;                  // if yes
  std::string country;              // "DE"; may be empty
};

struct Facts {
  std::optional<auth::SpfOutcome> spf;
  std::vector<auth::DkimOutcome> dkim;
  bool dkim_checked = false;  // then no outcome means that there is no signature
  std::optional<auth::DmarcOutcome> dmarc;
  std::optional<auth::ArcOutcome> arc;
  HostFacts host;
};

}  // namespace xspamd
