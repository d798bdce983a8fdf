// Values as TOML writes them, for -o key=value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

std::string toml(std::string_view text);  // a basic string
std::string toml(const std::vector<std::string>& texts);

}  // namespace xspamd
