// Which attributes of HTML lead somewhere, and what is in them (HTML §4, the index of attributes; HTML 4.01
// and browsers' own for the older ones).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/html.h"
#include "proto/mail/html_elements.h"
#include "proto/mail/html_tokens.h"

namespace xspamd::html {

// Attributes that are looked at.
enum class Attribute : std::uint8_t {
  action,
  alt,
  background,
  bgcolor,
  cite,
  class_,
  code,
  codebase,
  color,
  content,
  data,
  dynsrc,
  formaction,
  height,
  hidden,
  href,
  http_equiv,
  id,
  link,
  longdesc,
  lowsrc,
  manifest,
  media,
  name,
  ping,
  poster,
  profile,
  rel,
  size,
  src,
  srcset,
  style,
  text,
  type,
  value,
  width,
  xlink_href
};

// Those of one tag.
class Attributes {
 public:
  void read(const HtmlToken& token);

  bool has(Attribute attribute) const { return (present_ >> static_cast<unsigned>(attribute) & 1) != 0; }
  std::string_view operator[](Attribute attribute) const {
    return has(attribute) ? values_[static_cast<std::size_t>(attribute)] : std::string_view();
  }
  bool has_any(std::uint64_t bits) const { return (present_ & bits) != 0; }
  bool may_change_looks(const Element& element) const;      // its own, without the rules of a sheet
  std::size_t event_handlers() const { return handlers_; }  // on...

 private:
  static constexpr std::size_t kCount = static_cast<std::size_t>(Attribute::xlink_href) + 1;

  std::array<std::string_view, kCount> values_;  // of those present
  std::uint64_t present_ = 0;
  std::size_t handlers_ = 0;
};

// Where a tag leads.
struct Lead {
  HtmlLink::Kind kind = HtmlLink::Kind::other;
  std::string_view target;  // as it stands in the attribute
};
// All of a tag, with empty ones, in place of what is in `leads`.
void list_leads(const Element& element, std::string_view tag, const Attributes& attributes,
                std::vector<Lead>& leads);

// White space and controls at the ends removed, tabs and line ends everywhere (WHATWG URL §4.4).
std::string clean_target(std::string_view target);
// The target in "5; url=..." (HTML §4.2.5.3, "shared declarative refresh steps"); empty if there is none.
std::string_view refresh_target(std::string_view content);
// The first address of srcset (HTML §4.8.4.2.1).
std::string_view first_source(std::string_view srcset);
// Pixels of a width or height attribute (HTML §2.3.4.4); -1 for percentages and for what is no number.
int parse_pixel_attribute(std::string_view value);

}  // namespace xspamd::html
