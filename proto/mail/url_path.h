// The path of a URL (WHATWG URL Standard §4.4, path state): segments with "." and ".." resolved. A path is
// held as it is serialised: each segment with its "/" in front, no segments as an empty string. Linear.
#pragma once

#include <string>
#include <string_view>

namespace xspamd {

enum class PathKind {
  file,     // backslashes are slashes; may begin with the letter of a drive
  special,  // backslashes are slashes
  other,
};

// Appends the segments of `text`, the slash in front of which has been read, encoded.
void append_segments(std::string& path, std::string_view text, PathKind kind);
// Takes the last segment away, unless it is a drive.
void shorten_path(std::string& path, PathKind kind);
// "C:" or "C|"
bool is_drive(std::string_view text);

}  // namespace xspamd
