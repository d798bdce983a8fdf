// The lexical pieces that header fields share (RFC 5322 §3.2): comments, quoted strings, quoted pairs.
// Lengths are those of a piece at the start of the text, its delimiters included; 0 means that there is
// none, or that it never ends. Iterative and linear. A caller that meets a piece without an end looks for no
// further one of its kind: that keeps the whole reading linear too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd::mail {

std::size_t comment_length(std::string_view text);  // "(a (nested) one)"
std::size_t quoted_length(std::string_view text);   // "\"a \\\" b\""
std::string unescape(std::string_view text);        // quoted pairs replaced by what they quote

}  // namespace xspamd::mail
