// Hashes of a message's body (RFC 6376 §3.7), computed together: one pass over the body for each canonical
// form and hash that is used, however many lengths are signed of it. Pure.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "rules/auth/canonicalization.h"
#include "rules/auth/crypto.h"

namespace xspamd::auth {

struct BodyHash {
  static constexpr std::uint64_t kWhole = std::numeric_limits<std::uint64_t>::max();

  Canonicalization form = Canonicalization::simple;
  Hash hash = Hash::sha256;
  std::uint64_t length = kWhole;  // of the canonical body, from its beginning

  std::string digest;      // bytes; empty when the body is shorter than `length`
  std::uint64_t size = 0;  // of the whole canonical body
};

// Fills in the last two members of each.
void hash_body(std::string_view body, char line_end, std::span<BodyHash> wanted);

}  // namespace xspamd::auth
