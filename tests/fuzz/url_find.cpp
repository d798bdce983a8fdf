// Finding URLs in any bytes: what is found lies in the text, in order and apart, is a URL to those who read
// URLs, and the first is the same however many are asked for. And what is nested in them.
#include <cstdint>
#include <set>
#include <string>

#include "proto/base/text.h"
#include "proto/mail/url_find.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

constexpr std::size_t kMost = 50;

const Suffixes& suffixes() {
  static const Suffixes list;
  return list;
}

void check_url(const Url& url) {
  require(is_utf8(url.full) && is_utf8(url.host) && is_utf8(url.user) && is_utf8(url.path));
  require(!url.scheme.empty() && !url.host.empty() && url.host.ends_with(url.domain));
  require(url.full.starts_with(url.scheme + ":") && parse_url(url.full).has_value());
}

void check_nested(const Url& url) {
  constexpr std::size_t kMostNested = 5;
  const auto nested = nested_urls(url, kMostNested, suffixes());
  require(nested.size() <= kMostNested);
  std::set<std::string> seen{url.full};
  for (const Url& one : nested) {
    check_url(one);
    require(one.place == Url::Place::nested && !one.is_email() && !one.domain.empty());
    require(seen.insert(one.full).second);
  }
}

void check_found(std::string_view text) {
  const auto found = find_urls(text, kMost, suffixes());
  require(found.size() <= kMost);
  std::size_t end = 0;
  for (const FoundUrl& one : found) {
    require(one.begin >= end && one.end > one.begin && one.end <= text.size());
    end = one.end;
    check_url(one.url);
    check_nested(one.url);
  }
  const auto first = find_urls(text, 1, suffixes());
  require(first.empty() == found.empty());
  if (!first.empty()) require(first.front().url.full == found.front().url.full);
  const auto shown = url_of_link_text(text, suffixes());
  if (shown) require(!found.empty() && shown->full == found.front().url.full);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_found(bytes);
  // As the target of a link: nothing in front of it is text.
  if (const auto parsed = parse_url(bytes)) {
    if (const auto url = make_url(*parsed, suffixes())) check_nested(*url);
  }
  return 0;
}
