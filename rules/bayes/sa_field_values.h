// How SpamAssassin 4.0.1 takes values of fields to pieces before it looks for words in them. Pure; the values
// come decoded and on one line, and their lengths are bounded by the caller.
#pragma once

#include <string>
#include <string_view>

namespace xspamd::bayes {

// "N*" before each word of a name, "U*" before a local part, "D*" before a domain and those above it.
std::string sa_addresses(std::string_view value);
// RFC 5322 §3.6.4, without what some programs count up.
std::string sa_message_ids(std::string_view value);
// RFC 5321 §4.4: without date and id, IPv4 addresses as their /24 and as a whole behind "ip*".
std::string sa_received(std::string_view value);
// RFC 2045 §5.1: of a quoted boundary the shape.
std::string sa_content_type(std::string_view value);

}  // namespace xspamd::bayes
