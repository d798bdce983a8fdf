// Content transfer encodings: base64 (RFC 2045 §6.8), quoted-printable (RFC 2045 §6.7) and the Q encoding of
// header words (RFC 2047 §4.2). Tolerant as mail readers are, so that what the reader sees is what is judged:
// nothing fails, every input gives bytes, never more than came in. Linear.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::mail {

// Bytes outside the alphabet are skipped. Padding ends a group and not the text: what follows is decoded too.
std::string decode_base64(std::string_view text);
// Line ends stay as they came; blanks before them go. An "=" that starts no escape stays as it stands.
std::string decode_quoted_printable(std::string_view text);
std::string decode_q(std::string_view text);

// A byte of the base64 alphabet or its padding.
bool is_base64(char c);

}  // namespace xspamd::mail
