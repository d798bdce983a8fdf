#include "server/toml_text.h"

#include <fmt/format.h>

#include "proto/base/text.h"

namespace xspamd {

std::string toml(std::string_view text) {
  std::string string = "\"";
  for (const char c : text) {
    if (is_control(c))
      string += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      string += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return string + '"';
}

std::string toml(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts)
    list += (list.empty() ? "" : ", ") + toml(text);
  return fmt::format("[{}]", list);
}

}  // namespace xspamd
