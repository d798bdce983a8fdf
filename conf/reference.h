// The reference of all keys, from the schema and from what checks say of their own options: as the file
// conf/default/xspamd.toml and as the table in conf/README.md. A test keeps both as they are generated.
#pragma once

#include <string>

#include "conf/section.h"
#include "conf/value.h"

namespace xspamd::conf {

// `shipped`: the tree that the program has without any configuration; what it says of a check's options is
// their default.

// Every key as a comment with its default, its meaning above it.
std::string default_file(const CheckOptions& options, const Value& shipped);
// A Markdown table: key, type, default, meaning.
std::string reference_table(const CheckOptions& options, const Value& shipped);

}  // namespace xspamd::conf
