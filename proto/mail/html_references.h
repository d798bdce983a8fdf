// Character references of HTML (§13.2.5.72 to 80 and §13.5): named, decimal and hexadecimal, as browsers read
// them: the longest name that is known counts, some names need no semicolon, numbers of no character become
// U+FFFD. Reads at most as far as the reference goes. Never fails; what is written is valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace xspamd::mail {

// Length of the character reference at the start of `text`; what it stands for is appended to `decoded`. 0 if
// none is there: the "&" is then a character like others.
std::size_t decode_html_reference(std::string_view text, bool in_attribute, std::string& decoded);

}  // namespace xspamd::mail
