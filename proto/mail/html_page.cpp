#include "proto/mail/html_page.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/html_links.h"

namespace xspamd::html {

namespace {

// Not seen, but the place that it takes is.
bool takes_place(Hiding hiding) {
  return hiding == Hiding::colour || hiding == Hiding::visibility || hiding == Hiding::opacity;
}

bool has_space_at_end(std::string_view text) {
  return !text.empty() && (is_space(text.front()) || is_space(text.back()));
}

// No text around it is moved apart by what is not there or is elsewhere.
bool is_out_of_flow(const Looks& looks) {
  return looks.left_out || looks.box == Hiding::display || looks.box == Hiding::attribute ||
         looks.box == Hiding::off_screen;
}

}  // namespace

bool is_pixel(const HtmlImage& image) {
  return image.width == 0 || image.height == 0 || (image.width == 1 && image.height == 1);
}

FoldedText& Page::link_text(int link) {
  if (link != link_) {
    if (link_ >= 0) html.links[static_cast<std::size_t>(link_)].text = link_text_.take();
    link_text_.resume(std::move(html.links[static_cast<std::size_t>(link)].text));
    link_ = link;
  }
  return link_text_;
}

bool Page::text(std::string_view utf8, const Looks& looks) {
  if (looks.left_out) return false;
  const Hiding hiding = text_hiding(looks);
  if (hiding != Hiding::none) {
    const std::size_t before = hidden_.size();
    const bool any = hidden_.append(utf8, looks.keeps_lines);
    html.hidden_characters[static_cast<std::size_t>(hiding)] +=
        count_characters(hidden_.view().substr(before));
    if (!takes_place(hiding) || !has_space_at_end(utf8)) return any;
    visible_.blank();
    if (looks.link >= 0) link_text(looks.link).blank();
    return any;
  }
  const std::size_t before = visible_.size();
  const bool any = visible_.append(utf8, looks.keeps_lines);
  if (any) hidden_.blank();
  if (looks.link < 0) return any;
  FoldedText& text = link_text(looks.link);
  HtmlLink& link = html.links[static_cast<std::size_t>(looks.link)];
  if (any && text.size() == 0) {
    const char first = visible_.view()[before];
    link.text_at = before + (first == ' ' || first == '\n' ? 1 : 0);
  }
  if (any) link.hidden = false;
  text.append(utf8);
  return any;
}

void Page::title(std::string_view utf8) {
  if (!has_title_) title_.append(utf8);
}

void Page::end_title() {
  has_title_ = title_.size() > 0;
}

void Page::gap(Gap gap, const Looks& looks) {
  if (gap == Gap::none) return;
  gap == Gap::line ? hidden_.line() : hidden_.blank();
  if (is_out_of_flow(looks)) return;
  gap == Gap::line ? visible_.line() : visible_.blank();
  if (link_ >= 0) link_text_.blank();
}

int Page::link(HtmlLink::Kind kind, std::string_view target, const Looks& looks) {
  HtmlLink link;
  link.kind = kind;
  link.target = clean_target(target);
  if (link.target.empty()) return -1;
  ++html.link_count;
  if (html.links.size() >= most_links_) return -1;
  // An anchor is seen by what is in it.
  link.hidden = kind == HtmlLink::Kind::anchor || looks.left_out || box_hiding(looks) != Hiding::none;
  link.text_at = visible_.size();
  html.links.push_back(std::move(link));
  return static_cast<int>(html.links.size() - 1);
}

void Page::name_link(int link, std::string_view text) {
  FoldedText folded;
  folded.append(text);
  html.links[static_cast<std::size_t>(link)].text = folded.take();
}

void Page::image(HtmlImage image, const Looks& looks) {
  image.hidden = looks.left_out || box_hiding(looks) != Hiding::none;
  if (!image.hidden && looks.link >= 0) {
    html.links[static_cast<std::size_t>(looks.link)].hidden = false;
    FoldedText& text = link_text(looks.link);
    text.blank();
    text.append(image.alt);
    text.blank();
  }
  if (html.images.size() < most_links_) html.images.push_back(std::move(image));
}

Html Page::take() {
  if (link_ >= 0) html.links[static_cast<std::size_t>(link_)].text = link_text_.take();
  html.visible = visible_.take();
  html.hidden = hidden_.take();
  html.title = title_.take();
  for (HtmlLink& link : html.links)
    link.text_at = std::min(link.text_at, html.visible.size());
  return std::move(html);
}

}  // namespace xspamd::html
