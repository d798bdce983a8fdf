// Which header fields we sign, in rspamd's notation: "(o)from" is signed once for each From there is and once
// more, so that none can be added (over-signing, RFC 6376 §5.4.2, §8.15); "(x)date" likewise, but only where
// there is one; "list-id" once for each that is there. Pure; the names view the list.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd {
class Message;
}

namespace xspamd::auth {

struct SignedName {
  enum class Over { never, if_present, always };
  std::string name;  // in lower case
  Over over = Over::never;
};

// From is always signed: it stands first where the list lacks it. Fails on what is no name of a field, on a
// field that changes on its way or that ARC seals itself, on a name that comes twice, and on more than 100.
Result<std::vector<SignedName>> parse_signed_names(std::span<const std::string> list);

// The value of h=. Fails when there are more fields to sign than verifiers can be expected to read.
Result<std::vector<std::string_view>> names_to_sign(const Message& message, std::span<const SignedName> list);

}  // namespace xspamd::auth
