// Names in DNS messages (RFC 1035 §3.1, §4.1.4), between their bytes and their presentation form: labels with
// dots between them and none at the end, "" for the root, bytes other than letters, digits, "-" and "_" as
// \DDD (RFC 4343 §2.1). At most 255 bytes; a compression pointer must point before the labels it ends, so
// reading always ends. Everything fails by returning nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::dns {

// Where the name at `at` ends in the message: behind its root label or its pointer, which is not followed.
std::optional<std::size_t> name_end(std::string_view message, std::size_t at);

std::optional<std::string> read_name(std::string_view message, std::size_t at);
std::optional<std::string> read_lower_name(std::string_view message, std::size_t at);

// Appends the bytes of the name; a final dot may be there. False, leaving `out` in pieces, when it is none:
// RFC 1035 §2.3.4, empty labels, a backslash that quotes nothing.
bool append_name(std::string& out, std::string_view name);

}  // namespace xspamd::dns
