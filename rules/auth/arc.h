// ARC validation (RFC 8617 §5.2), in two steps as DKIM. Outcomes are data, nothing fails.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/authres.h"
#include "rules/auth/dkim.h"

namespace xspamd::auth {

enum class ArcResult { none, pass, fail, temperror };
std::string_view name(ArcResult result);

struct ArcOutcome {
  ArcResult result = ArcResult::none;
  bool malformed =
      false;  // of a fail: the sets are no chain at all (structure), not a signature that is wrong
  std::size_t instances = 0;
  std::vector<std::string> sealers;  // d= of the seals, the first instance first; of a pass all are verified
  std::string selector;              // s= of the newest seal
  std::optional<AuthenticationResults> results;  // of the newest instance: what its sealer says it saw
  std::string problem;                           // one sentence when it is a fail or a temperror
};

struct ArcChain;  // what read_arc() prepared

// Pool thread. Never null. SHA-1 is refused whatever the options say (RFC 8301).
std::shared_ptr<const ArcChain> read_arc(const Message& message, const DkimOptions& options);

// Loop thread.
Task<ArcOutcome> verify_arc(Dns& dns, std::shared_ptr<const ArcChain> chain, DkimOptions options,
                            Deadline deadline);

}  // namespace xspamd::auth
