#include "proto/mail/url_list.h"

#include <optional>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/url_find.h"

namespace xspamd {

namespace {

// Of one URL: each is read for itself, and an honest one holds one or two.
constexpr std::size_t kMostNested = 8;

Url::Place place_of(HtmlLink::Kind kind) {
  switch (kind) {
    case HtmlLink::Kind::anchor:
    case HtmlLink::Kind::area:
      return Url::Place::anchor;
    case HtmlLink::Kind::image:
    case HtmlLink::Kind::background:
      return Url::Place::image;
    case HtmlLink::Kind::form:
      return Url::Place::form;
    default:
      return Url::Place::other_html;
  }
}

// Programs of mail complete "www.example.org/x" in a link, which a browser would take for a file's name, and
// "www.example.org:80", which it would take for a scheme; javascript: may name where it leads.
std::optional<Url> read_target(const std::string& target, const ParsedUrl* base, const Suffixes& suffixes) {
  if (const auto parsed = parse_url(target, base)) {
    if (auto url = make_url(*parsed, suffixes)) return url;
    if (parsed->scheme == "data" || parsed->scheme == "cid") return std::nullopt;
  }
  auto found = find_urls(target, 1, suffixes);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front().url));
}

bool leads_elsewhere(const Url& url, const Url& shown) {
  return !url.is_email() && !shown.is_email() && !shown.domain.empty() && shown.domain != url.domain;
}

}  // namespace

void UrlList::add(Url url) {
  const auto [place, fresh] = places_.try_emplace(url.full, urls_.size());
  if (!fresh) {
    Url& same = urls_[place->second];
    ++same.count;
    same.tricks.add(url.tricks);
    same.hidden = same.hidden && url.hidden;
    // The text that deceives is the one to be shown.
    if (same.text.empty() || (url.mismatch && !same.mismatch)) same.text = std::move(url.text);
    same.mismatch = same.mismatch || url.mismatch;
    return;
  }
  if (urls_.size() >= most_) {
    places_.erase(place);
    over_limit_ = true;
    return;
  }
  std::vector<Url> nested;
  if (url.place != Url::Place::nested) nested = nested_urls(url, kMostNested, suffixes_);
  for (Url& inner : nested) {
    inner.part = url.part;
    inner.hidden = url.hidden;
  }
  urls_.push_back(std::move(url));
  for (Url& inner : nested)
    add(std::move(inner));
}

void UrlList::add_text(std::string_view utf8, Url::Place place, std::size_t part, bool hidden) {
  // One more than may be kept: that tells that there are more.
  for (FoundUrl& found : find_urls(utf8, most_ + 1, suffixes_)) {
    found.url.place = place;
    found.url.part = part;
    found.url.hidden = hidden;
    add(std::move(found.url));
  }
}

void UrlList::add_link(const HtmlLink& link, const ParsedUrl* base, std::size_t part, bool attached) {
  std::optional<Url> url = read_target(link.target, base, suffixes_);
  if (!url) return;
  url->place = attached ? Url::Place::attachment : place_of(link.kind);
  url->part = part;
  url->hidden = link.hidden;
  if (link.kind == HtmlLink::Kind::anchor) {
    url->text = link.text;
    const auto shown = url_of_link_text(link.text, suffixes_);
    url->mismatch = shown && leads_elsewhere(*url, *shown);
  }
  add(std::move(*url));
}

void UrlList::add_html(const Html& html, std::size_t part, bool attached) {
  const std::optional<ParsedUrl> base = html.base.empty() ? std::nullopt : parse_url(html.base);
  for (const HtmlLink& link : html.links)
    add_link(link, base ? &*base : nullptr, part, attached);
  if (html.link_count > html.links.size()) over_limit_ = true;
}

}  // namespace xspamd
