// The header fields that a signature covers unless signing.NAME.headers says otherwise: rspamd's default list
// (its documentation of the module dkim_signing, sign_headers, read in November 2026), in its notation.
#pragma once

#include <string_view>

namespace xspamd::conf {

inline constexpr std::string_view kSignedHeaders[] = {
    "(o)from",
    "(x)sender",
    "(o)reply-to",
    "(o)subject",
    "(x)date",
    "(x)message-id",
    "(o)to",
    "(o)cc",
    "(x)mime-version",
    "(x)content-type",
    "(x)content-transfer-encoding",
    "resent-to",
    "resent-cc",
    "resent-from",
    "resent-sender",
    "resent-message-id",
    "(x)in-reply-to",
    "(x)references",
    "list-id",
    "list-help",
    "list-owner",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-subscribe",
    "list-post",
    "(x)openpgp",
    "(x)autocrypt",
};

}  // namespace xspamd::conf
