// SPF records (RFC 7208 §4.5, §4.6, §12) as terms. A record is wholly right or refused with a sentence that
// names the term which is wrong. Pure and linear; the terms view the text, which must outlive them.
#pragma once

#include <string_view>
#include <vector>

#include "proto/base/ip.h"
#include "proto/base/result.h"

namespace xspamd::auth {

enum class SpfMechanism { all, include, a, mx, ptr, ip4, ip6, exists };

struct SpfTerm {
  SpfMechanism mechanism = SpfMechanism::all;
  char qualifier = '+';     // + - ~ ? (§4.6.2)
  std::string_view text;    // as written
  std::string_view domain;  // its domain-spec; empty: the domain whose record this is
  IpAddress address;        // ip4, ip6
  int prefix4 = 32;         // a, mx, ip4
  int prefix6 = 128;        // a, mx, ip6

  // Whether it needs the DNS (§4.6.4).
  bool asks() const {
    return mechanism != SpfMechanism::all && mechanism != SpfMechanism::ip4 && mechanism != SpfMechanism::ip6;
  }
};

struct SpfRecord {
  std::vector<SpfTerm> terms;      // the mechanisms, in order
  std::string_view redirect, exp;  // their domain-specs; empty if there is none
};

// Whether a TXT record is an SPF record, right or wrong (§4.5).
bool is_spf_record(std::string_view text);

// `text` is_spf_record().
Result<SpfRecord> parse_spf_record(std::string_view text);

}  // namespace xspamd::auth
