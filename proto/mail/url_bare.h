// Whether a name in running text that has neither scheme nor "www." is meant as the address of a site:
// "example.org" is, "readme.md", "end.It", "1.in" and "com.example.app" are not. Constant time.
#pragma once

#include <cstddef>
#include <string_view>

#include "proto/mail/url_text_host.h"

namespace xspamd::urls {

// Whether a host may begin at `at`: not behind "/", "@" and the like, which make it a part of something else.
bool may_begin_bare(std::string_view text, std::size_t at);

// `has_tail`: a port, path or query follows it.
bool is_meant_bare(const Host& host, bool has_tail);

}  // namespace xspamd::urls
