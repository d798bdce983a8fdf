// Layers: built-in defaults and shipped texts < the main file < conf.d/*.toml beside it, in name order <
// options
// ("key=value"). Tables merge, arrays and scalars replace. One table of [rules], [metas], [maps] or [lists]
// that names what to look at replaces the one below it whole. Every value keeps the place of its key,
// elements of an array their own. A file that cannot be read or is no TOML is a Problem and left out; the
// rest is still loaded. Files over 4 MiB and tables nested deeper than 32 are refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/value.h"

namespace xspamd::conf {

struct SourceText {
  std::string name;  // told as "built-in/NAME"
  std::string text;
};

struct Sources {
  std::string file;  // empty: none, and no conf.d
  bool file_must_exist = false;
  std::vector<std::string> options;  // "dns.timeout=2s": a dotted key; what is no TOML value is a string
  std::vector<SourceText> shipped;
};

Value load_tree(const Sources& sources, Problems& problems);

// The shipped text of this name is no layer but a list: OLD_SYMBOL = "what to use instead".
inline constexpr std::string_view kRetiredName = "retired.toml";
Table load_retired(const Sources& sources, Problems& problems);

// Lays `upper` over `lower` as described above.
void merge_layer(Value& lower, Value upper);

}  // namespace xspamd::conf
