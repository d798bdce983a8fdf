// Encoded words (RFC 2047), written: header text that is no ASCII made fit for a header field.
#pragma once

#include <string>
#include <string_view>

namespace xspamd {

// ASCII is returned as it stands. Else everything from the first word with other bytes to the last one
// becomes encoded words, of the kind Q or B that is shorter, none over 75 characters (§2), with `between`
// (white space that may fold the line) between them. `text` is UTF-8 on one line.
std::string encode_words(std::string_view text, std::string_view between = " ");

}  // namespace xspamd
