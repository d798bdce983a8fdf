// ARC sets made (RFC 8617 §5.1): what we saw of a message's authentication, sealed for those who get it from
// us. Pure but for the key's arithmetic; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "rules/auth/arc.h"
#include "rules/auth/signer.h"

namespace xspamd::auth {

// The fields of a new set, each folded and with its line end, to be put in front of the message one after the
// other: the seal ends on top (§5.1, step 5).
struct ArcSetText {
  std::string results;  // ARC-Authentication-Results
  std::string message;  // ARC-Message-Signature
  std::string seal;     // ARC-Seal

  // As they stand in the header.
  std::string in_order() const { return seal + message + results; }
};

// `results` is the value of an Authentication-Results field, server first, folded with LF; `chain` what
// verify_arc() found of this very message. Fails where a set would be of no use or a lie: the chain could not
// be checked, its newest sealers have given it up (cv=fail), or it has 50 sets.
Result<ArcSetText> arc_seal(const Message& message, std::string_view results, const ArcOutcome& chain,
                            const SigningKey& key, const SignOptions& options);

}  // namespace xspamd::auth
