// The files of conf/default, compiled into the program.
#pragma once

#include <span>
#include <string_view>

namespace xspamd::conf {

struct Shipped {
  std::string_view name;  // "rules.d/headers.toml"
  std::string_view text;
};

std::span<const Shipped> shipped_files();

}  // namespace xspamd::conf
