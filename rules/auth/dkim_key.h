// Key records of DKIM (RFC 6376 §3.6.1, RFC 8463 §4), which ARC uses too. A record is a key for mail or is
// refused with a sentence. Pure and linear.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd::auth {

struct DkimKey {
  bool is_ed25519 = false;  // k=
  std::string bytes;        // p=: DER of an RSA key, or the 32 bytes of an Ed25519 key
  bool takes_sha1 = true;   // h=
  bool takes_sha256 = true;
  bool testing = false;  // t=y
  bool strict = false;   // t=s: i= is in the domain itself
};

Result<DkimKey> parse_dkim_key(std::string_view record);

}  // namespace xspamd::auth
