// Host names in other scripts as ASCII: UTS 46 ToASCII, nontransitional, as browsers use it (URL Standard
// §3.3, beStrict false). libidn2 decides about letters. It follows IDNA 2008 in more than UTS 46 asks for, so
// what only it refuses (symbols such as emoji, hyphens at odd places, labels too long for DNS) is taken here.
#pragma once

#include <string>
#include <string_view>

#include "proto/mail/url.h"

namespace xspamd {

// `domain` is percent-decoded. False if it is refused, or empty or longer than 1,024 bytes before or after.
bool domain_to_ascii(std::string_view domain, std::string& ascii, UrlTricks& tricks);

}  // namespace xspamd
