// DKIM verification (RFC 6376, 8301, 8463). In two steps, so that the work on bytes can be done on a pool
// thread before any network: read_dkim() finds the signatures and computes the hashes, verify_dkim() fetches
// the keys, all at once, and checks the signatures. Outcomes are data, nothing fails.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/io/dns.h"

namespace xspamd {
class Message;
}

namespace xspamd::auth {

enum class DkimResult { pass, fail, neutral, policy, temperror, permerror };
std::string_view name(DkimResult result);  // as RFC 8601 §2.7.1 spells them

struct DkimOptions {
  std::size_t signatures = 5;  // looked at, from the top; more are left alone (RFC 6376 §6.1)
  std::size_t min_key_bits = 1024;
  bool allow_sha1 = false;
  std::chrono::sys_seconds now{};
};

struct DkimOutcome {
  DkimResult result = DkimResult::permerror;
  std::string domain, selector, identity;  // d=, s=, i= (lower case, A-labels; empty where they are none)
  std::string algorithm;                   // "rsa-sha256", ...
  std::string begin_of_b;  // the first 8 characters of b=, to tell signatures apart (RFC 6008)
  std::string problem;     // one sentence when it is no pass
  std::size_t key_bits = 0;
  bool testing = false;            // t=y in the key record
  std::size_t unsigned_bytes = 0;  // of the body behind l=
};

// What read_dkim() prepared of one signature.
struct DkimSignature {
  DkimOutcome outcome;  // final already when `done`
  bool done = false;
  bool body_differs = false;           // from what was signed: no key makes it pass
  std::string key_name;                // what is asked for: "s._domainkey.d"
  std::string header_hash, signature;  // bytes
  bool is_ed25519 = false, is_sha1 = false;
};

// Pool thread. Cost: one pass over the body for each canonicalization and hash that is used.
std::vector<DkimSignature> read_dkim(const Message& message, const DkimOptions& options);

// Pure. What the answer for its key makes of a signature that is not done (RFC 6376 §6.1.2, §6.1.3).
DkimOutcome check_signature(const DkimSignature& signature, const DnsAnswer& keys,
                            const DkimOptions& options);

// Loop thread. In the order of the signatures.
Task<std::vector<DkimOutcome>> verify_dkim(Dns& dns, std::vector<DkimSignature> signatures,
                                           DkimOptions options, Deadline deadline);

}  // namespace xspamd::auth
