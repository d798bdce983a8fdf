// SpamAssassin's cases of text that is or is not seen.
#include <string>

#include <nlohmann/json.hpp>

#include "proto/mail/html.h"
#include "tests/suites/suite.h"

namespace xspamd::suites {

void html_visibility(Suite& suite) {
  const auto cases = nlohmann::json::parse(read("url-html/sa-html-visibility.json"));
  for (const auto& entry : cases) {
    const auto source = entry.at("html").get<std::string>();
    const Html html = read_html(source, {});
    suite.check(source, html.visible.empty() ? "invisible" : "visible",
                entry.at("visibility").get<std::string>());
  }
}

}  // namespace xspamd::suites
