// The host of a URL (WHATWG URL Standard §3.5): domains to ASCII, addresses of any spelling as one. ASCII
// comes out. Linear.
#pragma once

#include <string>
#include <string_view>

#include "proto/mail/url.h"

namespace xspamd {

// The "host parser". `special` hosts are domains or addresses, others opaque. False if it is no valid host.
bool parse_host(std::string_view text, bool special, std::string& host, UrlTricks& tricks);

}  // namespace xspamd
