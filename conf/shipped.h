// The files of conf/default, conf/exim and rules/data, compiled into the program.
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
std::span<const Shipped> data_files();     // of rules/data: imported tables

}  // namespace xspamd::conf
