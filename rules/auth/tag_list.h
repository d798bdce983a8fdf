// Tag lists (RFC 6376 §3.2), of which DKIM's signatures and keys, ARC's fields and DMARC's records are made:
// "a=1; b=2". A list is wholly right or refused with a sentence that names what is wrong. Bytes from 0x80 on
// may stand in values (RFC 8616 §5). Pure and linear; what is returned views the text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::auth {

struct Tag {
  std::string_view name;   // letters, digits and "_"; its case tells names apart
  std::string_view value;  // without the white space around it
  std::string_view raw;    // all between "=" and ";"
};

// Fails on what is no list of tags, on a name that comes twice, and on more than 100 tags.
Result<std::vector<Tag>> parse_tag_list(std::string_view text);

// Null if there is none. Names are told apart by case.
const Tag* find_tag(std::span<const Tag> tags, std::string_view name);

// For sentences: on one line, in quotes, not all of what is long.
std::string shown(std::string_view text);

// Values, as the tags define them. White space is what unfolded and folded lines have: blank, tab, CR, LF.
std::string_view trim_space(std::string_view text);
// "a : b :c", without the white space around each; an empty value is one empty piece.
std::vector<std::string_view> split_value(std::string_view value);
// Whether one of the pieces is this.
bool value_has(std::string_view value, std::string_view piece);
// Decimal digits only; what is over 64 bits is the largest number.
std::optional<std::uint64_t> parse_number(std::string_view value);
// RFC 6376 §3.5 "b=", RFC 5234: white space in between is nothing, and padding may be left out.
std::optional<std::string> parse_base64(std::string_view value);
// RFC 6376 §2.11: white space is nothing, "=41" a byte. Nothing when a "=" begins none.
std::optional<std::string> parse_quoted_printable(std::string_view value);

}  // namespace xspamd::auth
