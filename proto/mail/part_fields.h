// What the header fields of a part say about it (RFC 2045, 2046, 2183), as mail programs read them: of
// doubled fields the first, of broken types the default.
#pragma once

#include <string>
#include <string_view>

#include "proto/mail/mime.h"

namespace xspamd::mail {

// Fills what `part.header` tells: type, charset, file name, disposition, identifier, encoding and their
// defects. `type` is that of a part that does not declare one. Returns the boundary of a multipart, empty if
// there is none.
std::string read_part_fields(Part& part, std::string_view type, Charsets& charsets);

// Whether a message stands in such a part: RFC 2046 §5.2.1, RFC 6532 §3.7, and the older message/news.
bool holds_message(std::string_view type);

// A file name on one line: controls become blanks, those at both ends go. Valid UTF-8 if `name` is.
std::string clean_file_name(std::string name);

}  // namespace xspamd::mail
