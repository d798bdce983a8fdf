// Macros in SPF records (RFC 7208 §7): texts that hold them checked, and what they stand for put in. What is
// expanded as a domain was checked when its record was read. Pure. Time is linear in the text and in the
// values; a domain is put together from its end and no further than it can be long.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/ip.h"
#include "proto/base/result.h"

namespace xspamd::auth {

// What the letters stand for (§7.2).
struct SpfMacros {
  IpAddress client;                // i, c, v
  std::string local;               // l; s is l@o
  std::string sender_domain;       // o
  std::string domain;              // d: whose record is being evaluated
  std::string helo;                // h
  std::string receiver;            // r
  std::string validated;           // p; needed only where uses_validated_name()
  std::chrono::sys_seconds now{};  // t
};

// Whether the text is a macro-string (§7.1). The error names what is none.
Result<void> check_macro_string(std::string_view text);
// Whether it is a domain-spec (§7.1): without the letters c, r and t, and ended by a macro or a top label.
Result<void> check_domain_spec(std::string_view text);

// Whether the text holds the macro p, whose value costs questions.
bool uses_validated_name(std::string_view text);

// The name that a checked domain-spec stands for, in lower case and without a final dot; one that is too long
// loses labels on its left (§7.3). Empty if that is no complete name (§4.3).
std::string expand_domain(std::string_view spec, const SpfMacros& macros);

// What an explanation says (§6.2), cut after 1,000 bytes. Nothing when it is no printable ASCII, or a macro
// in it is none.
std::optional<std::string> expand_explanation(std::string_view text, const SpfMacros& macros);

}  // namespace xspamd::auth
