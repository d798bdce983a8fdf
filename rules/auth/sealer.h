// What a forwarder that we trust says about a message whose own authentication broke on the way (RFC 8617
// §7.2.1): its ARC chain passes, its newest sealer is on our list, and that sealer saw the author's domain
// authenticated. Pure.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "proto/base/suffix.h"
#include "rules/auth/arc.h"

namespace xspamd::auth {

using Sealers = std::set<std::string, std::less<>>;  // listed domains (rules/listed_domain.h)

// The sealer's domain when it vouches for `author`; else empty.
std::string vouching_sealer(const ArcOutcome& arc, const Sealers& trusted, std::string_view author,
                            const Suffixes& suffixes);

}  // namespace xspamd::auth
