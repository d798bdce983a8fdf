// Tokens of the tags in HTML source: names, and the short values of attributes that say how it looks
// (colours, sizes, faces). Bounded, linear.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/bayes/token_set.h"

namespace xspamd::bayes {

// `tags`: how many are read; what was read is taken off.
void add_html_tags(TokenSet& tokens, std::string_view source, std::size_t& tags);

}  // namespace xspamd::bayes
