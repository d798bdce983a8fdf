// Compound files ("OLE2", [MS-CFB]): which program a file is of, by the names in its directory.
#pragma once

#include <string_view>

namespace xspamd {

// A media type; "application/x-ole-storage" if no name tells. `bytes` begin with the signature of such files.
std::string_view ole_type(std::string_view bytes);

}  // namespace xspamd
