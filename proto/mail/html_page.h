// What the reader of an HTML text has put down so far: the visible and the hidden text, links with their
// texts, images. Everything comes with the looks of the place where it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proto/mail/html.h"
#include "proto/mail/html_looks.h"
#include "proto/mail/html_stack.h"
#include "proto/mail/html_text.h"

namespace xspamd::html {

class Page {
 public:
  explicit Page(std::size_t most_links) : most_links_(most_links) {}

  // Whether there was anything but white space.
  bool text(std::string_view utf8, const Looks& looks);
  void title(std::string_view utf8);  // the first that is not empty counts
  void end_title();
  void gap(Gap gap, const Looks& looks);
  // Its position in html.links; -1 where it leads nowhere or is over the limit.
  int link(HtmlLink::Kind kind, std::string_view target, const Looks& looks);
  void name_link(int link, std::string_view text);
  // `looks` are the image's own.
  void image(HtmlImage image, const Looks& looks);
  Html take();

  Html html;  // the counters are the reader's business

 private:
  FoldedText& link_text(int link);

  FoldedText visible_, hidden_, title_;
  FoldedText link_text_;
  int link_ = -1;  // whose text link_text_ is
  bool has_title_ = false;
  std::size_t most_links_;
};

// Too small to be seen: those that count readers.
bool is_pixel(const HtmlImage& image);

}  // namespace xspamd::html
