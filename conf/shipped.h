// The files of conf/default and conf/exim, compiled into the program.
#pragma once

#include <span>
#include <string_view>

namespace xspamd::conf {

struct Shipped {
  std::string_view name;  // within its folder: "rules.d/headers.toml", "main.conf"
  std::string_view text;
};

std::span<const Shipped> shipped_files();  // of conf/default: the lowest layer of the configuration
std::span<const Shipped> exim_files();     // of conf/exim: what Exim is told; no configuration of ours

}  // namespace xspamd::conf
