// Files yEncoded into a text (yEnc draft 1.3 of 2002-03-05): "=ybegin line=128 size=123 name=x", "=ypart" if
// it is one of many, bytes moved by 42, "=yend". A file without its end goes to the end of the text. Linear,
// never fails.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/mail/uuencode.h"

namespace xspamd::mail {

// The first file at or behind `at`.
EncodedFile find_yenc(std::string_view text, std::size_t at);

// The bytes of the first file in `text`; all of it where there is no "=ybegin" line.
std::string decode_yenc(std::string_view text);

}  // namespace xspamd::mail
