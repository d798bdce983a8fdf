// SPF (RFC 7208): whether a client may send for a domain. check_host() of §4 with all its limits; asks
// through the port only, so that tests bring their own zone. Outcomes are data, nothing fails.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proto/base/ip.h"
#include "rules/io/dns.h"

namespace xspamd::auth {

enum class SpfResult { none, neutral, pass, fail, softfail, temperror, permerror };
std::string_view name(SpfResult result);  // as RFC 8601 §2.7.2 spells them

struct SpfInput {
  IpAddress client;    // IPv4-mapped addresses count as IPv4
  std::string sender;  // envelope; empty: the null sender, then "postmaster@HELO" (§2.4)
  std::string helo;
  std::string receiver;            // our host name, for the macro r; "unknown" if empty
  std::chrono::sys_seconds now{};  // for the macro t
};

struct SpfOutcome {
  SpfResult result = SpfResult::none;
  std::string domain;    // that was checked
  bool by_helo = false;  // the identity was HELO
  std::string
      mechanism;  // the term that matched, as written: "ip4:192.0.2.0/24", "-all"; "default" if none did
  std::vector<std::string> via;  // the includes and redirects that led to its record, the first one first
  std::string explanation;       // exp= of a fail (§6.2), printable ASCII; empty if there is none
  std::string problem;           // of temperror and permerror, one sentence
  bool plus_all = false;  // passed by a record that passes everyone: +all, or networks of half the internet
};

struct SpfLimits {
  int lookups = 10;      // terms that ask the DNS (§4.6.4)
  int void_lookups = 2;  // of them without an answer (§4.6.4)
  int names = 10;        // MX and PTR names looked at (§4.6.4)
  bool explain = true;   // whether to fetch the explanation of a fail
};

Task<SpfOutcome> check_spf(Dns& dns, SpfInput input, SpfLimits limits, Deadline deadline);

}  // namespace xspamd::auth
