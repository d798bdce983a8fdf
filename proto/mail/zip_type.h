// What a ZIP archive is of: the names inside tell documents, programs and books from archives.
#pragma once

#include <string_view>

namespace xspamd {

// A media type; "application/zip" if no name tells.
std::string_view zip_type(std::string_view bytes);

}  // namespace xspamd
