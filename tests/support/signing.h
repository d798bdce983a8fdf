// Signs messages for tests, with the Ed25519 key of RFC 8463 Appendix A.2. What is signed is computed by the
// code under test: that others compute the same is for the vectors of the RFCs and the suites to show.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::test {

inline constexpr std::string_view kKeyRecord =
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

std::string base64(std::string_view bytes);
// Of a message's bytes, as base64.
std::string ed25519_signature(std::string_view message);

// The message with a DKIM-Signature on top that has these tags and a=, bh= and b=.
std::string with_dkim(std::string_view tags, std::string_view message);
// The message with the set `instance` of ARC on top; `tags` (d=, s=, ...) go into both signatures, cv= into
// the seal.
std::string with_arc(int instance, std::string_view cv, std::string_view tags, std::string_view message);

}  // namespace xspamd::test
