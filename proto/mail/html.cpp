#include "proto/mail/html.h"

#include <utility>

#include "proto/mail/html_reader.h"

namespace xspamd {

std::string_view name(Hiding hiding) {
  constexpr std::string_view kNames[] = {"none",    "display",   "visibility", "font_size", "colour",
                                         "opacity", "zero_size", "off_screen", "attribute"};
  return kNames[static_cast<std::size_t>(hiding)];
}

std::string_view name(HtmlLink::Kind kind) {
  constexpr std::string_view kNames[] = {"anchor",     "area",    "image", "form",   "frame",
                                         "background", "refresh", "style", "object", "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

Html read_html(std::string_view utf8, const HtmlLimits& limits) {
  html::Reader reader(utf8, limits);
  Html page = reader.read();
  if (!reader.was_late()) return page;
  // Sheets and the root's attributes hold for what stands before them too: once more, knowing them.
  return html::Reader(utf8, limits, reader.take_context()).read();
}

}  // namespace xspamd
