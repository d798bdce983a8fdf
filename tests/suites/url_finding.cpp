// SpamAssassin's tests of finding URLs, in plain text and in the targets of links. A case gives a text,
// expressions of which each must match a URL that is found, and others that none may match. SpamAssassin
// shows URLs as they were written, with a scheme put in front, and again with its own normalisation; ours is
// another one. So that finding is compared and not spelling, a URL that was found stands here in all these
// forms: normalised, so without the slash of an empty path, and as written, with its scheme, plain and with
// its percent encoding undone.
#include <algorithm>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "proto/base/text.h"
#include "proto/mail/html.h"
#include "proto/mail/url_encode.h"
#include "proto/mail/url_find.h"
#include "tests/suites/suite.h"

namespace xspamd::suites {

namespace {

using Forms = std::vector<std::string>;

void add_forms(Forms& forms, const Url& url, std::string written) {
  forms.push_back(url.full);
  if (url.path == "/" && url.full.ends_with('/')) forms.push_back(url.full.substr(0, url.full.size() - 1));
  if (!istarts_with(written, url.scheme + ":"))
    written.insert(0, url.scheme + (url.is_email() ? ":" : "://"));
  forms.push_back(written);
  forms.push_back(percent_decode(written));
}

Forms in_text(const std::string& text, const Suffixes& suffixes) {
  Forms forms;
  for (const FoundUrl& found : find_urls(text, 100, suffixes)) {
    add_forms(forms, found.url, text.substr(found.begin, found.end - found.begin));
  }
  return forms;
}

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text)
    html += c == '&' ? "&amp;" : c == '"' ? "&quot;" : c == '<' ? "&lt;" : std::string(1, c);
  return html;
}

// The text is the target of a link: what leads somewhere is taken as it is, in the rest is looked for a URL
// as in text.
Forms in_target(const std::string& text, const Suffixes& suffixes) {
  Forms forms;
  const Html html = read_html("<html><body><a href=\"" + escaped(text) + "\">here</a></body></html>", {});
  for (const HtmlLink& link : html.links) {
    const auto parsed = parse_url(link.target);
    auto url = parsed ? make_url(*parsed, suffixes) : std::nullopt;
    if (!url) {
      auto found = find_urls(link.target, 1, suffixes);
      if (found.empty()) continue;
      url = std::move(found.front().url);
    }
    add_forms(forms, *url, link.target);
    forms.push_back(link.target);
    for (const Url& inner : nested_urls(*url, 10, suffixes))
      add_forms(forms, inner, inner.full);
  }
  return forms;
}

bool matches(const std::string& expression, const Forms& forms) {
  const std::regex regex(expression, std::regex::ECMAScript);
  return std::any_of(forms.begin(), forms.end(),
                     [&](const std::string& form) { return std::regex_search(form, regex); });
}

void check_file(Suite& suite, const std::string& file, Forms (*find)(const std::string&, const Suffixes&)) {
  const Suffixes suffixes;
  const auto cases = nlohmann::json::parse(read("url-html/" + file));
  std::size_t number = 0;
  for (const auto& one : cases) {
    const std::string text = one.at("text");
    const Forms forms = find(text, suffixes);
    std::string wrong;
    for (const std::string expression : one.at("find")) {
      if (!matches(expression, forms)) wrong += " nothing is " + expression;
    }
    for (const std::string expression : one.at("not_find")) {
      if (matches(expression, forms)) wrong += " something is " + expression;
    }
    std::string all;
    for (const std::string& form : forms)
      all += " " + form;
    suite.check(file + " " + std::to_string(number++) + " " + text, wrong.empty() ? "" : wrong + " of" + all,
                "");
  }
}

}  // namespace

void url_finding(Suite& suite) {
  check_file(suite, "sa-uri-text.json", in_text);
  check_file(suite, "sa-uri-html.json", in_target);
}

}  // namespace xspamd::suites
