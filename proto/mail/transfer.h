// Content-Transfer-Encoding (RFC 2045 §6): its names as mail programs read them, and what undoes it.
#pragma once

#include <string>
#include <string_view>

#include "proto/mail/mime.h"

namespace xspamd::mail {

// `name` in lower case without blanks and comments. False where it is unknown: then nothing is encoded.
bool read_transfer_encoding(std::string_view name, TransferEncoding& encoding);

// All bytes of an encoded body.
std::string decode(std::string_view body, TransferEncoding encoding);

// Bytes outside the alphabet and white space, or text behind the padding.
bool is_bad_base64(std::string_view body);

}  // namespace xspamd::mail
