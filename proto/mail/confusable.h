// Letters that look like Latin ones. Source: confusables.txt of Unicode 15.0 (UTS 39) as ICU 72.1 has it,
// those that stand for one ASCII letter, of the scripts that fonts of mail readers hold; and the
// compatibility forms of ASCII letters and digits (full-width, mathematical, circled, squared). Where the
// source gives "l" for a capital it is "I" here, and "m" for its "rn".
#pragma once

#include <string>
#include <string_view>

namespace xspamd {

// The ASCII letter or digit that `code` looks like, 0 if none. 0 for ASCII itself.
char latin_lookalike(char32_t code);

// `utf8` as it looks: look-alikes as their ASCII letters, without what no reader sees. Two names with the
// same skeleton can be taken for each other.
std::string skeleton(std::string_view utf8);

}  // namespace xspamd
