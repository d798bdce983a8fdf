// Where raw text ends in HTML (§13.2.5.9 to 31): the content of elements such as <title>, <style> and
// <script>, in which tags are text. Never fails, linear.
#pragma once

#include <cstddef>
#include <string_view>

#include "proto/mail/html_tokens.h"

namespace xspamd::mail {

// The state that a start tag of this name (in lower case) leads to: data for most.
HtmlState html_state_after(std::string_view start_tag);

// Offset of the end tag or "]]>" that ends the raw text standing at `from`; the size of the source if there
// is none. `last_start_tag` in lower case; in the state data everything ends at once.
std::size_t raw_text_end(std::string_view source, std::size_t from, HtmlState state,
                         std::string_view last_start_tag);

}  // namespace xspamd::mail
