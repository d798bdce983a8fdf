// Header fields that are lists of something else than addresses: message ids (RFC 5322 §3.6.4) and phrases
// (§3.6.5, "Keywords"). Broken lists give what they hold. Linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/charset.h"

namespace xspamd::mail {

// The ids of a Message-ID, In-Reply-To or References field without their angle brackets, at most `most`.
// Where there are no brackets the whole text is one. Valid UTF-8.
std::vector<std::string> parse_ids(std::string_view unfolded, std::size_t most);

// What stands between commas outside quoted strings and encoded words, decoded; empty pieces are left out.
std::vector<std::string> parse_phrases(std::string_view unfolded, std::size_t most, Charsets& charsets);

}  // namespace xspamd::mail
