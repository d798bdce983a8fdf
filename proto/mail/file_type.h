// The type of a file by its first bytes, as WHATWG MIME Sniffing and libmagic do it: a table of signatures,
// and what no table can tell. Names are those registered with IANA, or else libmagic's.
#pragma once

#include <string_view>

namespace xspamd {

// "application/zip" and "application/x-ole-storage" for all files of these formats; empty for a type that is
// not known, plain text too.
std::string_view file_type(std::string_view bytes);

// The part of it that is for text: HTML, XML, scripts, mail, calendars, PGP. Declared here for file_type.cpp;
// defined in text_type.cpp.
std::string_view text_type(std::string_view bytes);

}  // namespace xspamd
