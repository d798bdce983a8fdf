// Signature fields: DKIM-Signature (RFC 6376 §3.5, §6.1.1; RFC 8301, 8463, 8616) and the two of ARC that are
// like it (RFC 8617 §4.1.2, §4.1.3). Reading is strict; what is wrong is told in a sentence, and what was
// read before stays. Pure and linear; names and the value of b= view the field.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/auth/body_hash.h"
#include "rules/auth/canonicalization.h"
#include "rules/auth/crypto.h"
#include "rules/auth/tag_list.h"

namespace xspamd::auth {

enum class SignatureKind { dkim, arc_message, arc_seal };

struct SignatureTags {
  std::string domain, selector;  // d=, s=: A-labels, in lower case
  std::string identity;          // i= of DKIM, in lower case; "@" and the domain if there is none
  std::string algorithm;         // a=
  bool is_ed25519 = false;
  Hash hash = Hash::sha256;
  std::string_view raw_signature;    // all that stands as the value of b=
  std::string signature, body_hash;  // b=, bh=: bytes
  std::string begin_of_b;            // RFC 6008 §4
  Canonicalization header_form = Canonicalization::simple;
  Canonicalization body_form = Canonicalization::simple;
  std::vector<std::string_view> names;      // h=
  std::uint64_t length = BodyHash::kWhole;  // l=
  std::optional<std::uint64_t> made;        // t=, seconds of Unix time
  std::optional<std::uint64_t> expires;     // x=
  int instance = 0;                         // i= of ARC
  std::string chain;                        // cv= of ARC-Seal
  std::string problem;                      // what is wrong with the field; empty if nothing is

  // "selector._domainkey.domain" (RFC 6376 §3.6.2.1).
  std::string key_name() const;
};

// `value` is that of the field as it came. A field longer than 64 KiB is not read.
SignatureTags parse_signature(std::string_view value, SignatureKind kind);

// i= of ARC's fields: 1 to 50 (RFC 8617 §4.2.1). Nothing when it is none.
std::optional<int> parse_instance(std::string_view value);

// What is wrong with the times of a signature at this time, whose clock and ours may differ by five minutes;
// empty if nothing is (RFC 6376 §3.5).
std::string problem_of_times(const SignatureTags& tags, std::chrono::sys_seconds now);

}  // namespace xspamd::auth
