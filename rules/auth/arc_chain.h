// The ARC sets of a message (RFC 8617 §4.2): what stands in its header, put together and looked at as §5.2
// says before any signature is verified, and the hashes that its signatures are of. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proto/mail/message.h"
#include "rules/auth/arc.h"
#include "rules/auth/dkim_signature.h"

namespace xspamd::auth {

// What read_arc() prepared.
struct ArcChain {
  ArcOutcome outcome;  // final already when `done`
  bool done = false;
  DkimSignature message;             // of the newest set
  std::vector<DkimSignature> seals;  // the first instance first
};

// One instance (§4.2).
struct ArcSet {
  const Field* results = nullptr;  // ARC-Authentication-Results
  const Field* message = nullptr;  // ARC-Message-Signature
  const Field* seal = nullptr;     // ARC-Seal
  SignatureTags seal_tags;
};

struct ArcSets {
  std::vector<ArcSet> sets;  // the first instance first; empty without any field of ARC
  std::string problem;       // empty if the sets are a chain
  bool malformed = false;    // of a problem: not that a sealer says that the chain is broken
};
ArcSets find_arc_sets(const Message& message);

}  // namespace xspamd::auth
