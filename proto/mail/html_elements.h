// The elements of HTML and what a reader without a tree needs to know of each: HTML 5 (WHATWG HTML §4,
// §13.2.6 and the style sheet of §15.3), HTML 4 and older (§16.2), and the names of SVG and MathML that mail
// uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xspamd::html {

// Those that the reader treats by name.
enum class Tag : std::uint8_t {
  unknown,
  other,
  a,
  area,
  applet,
  audio,
  base,
  big,
  blockquote,
  body,
  br,
  button,
  caption,
  col,
  colgroup,
  dd,
  dt,
  embed,
  font,
  foreign,
  foreign_inner,
  form,
  frame,
  frameset,
  head,
  heading,
  hr,
  html,
  iframe,
  image,
  input,
  li,
  link,
  mark,
  meta,
  nobr,
  object,
  optgroup,
  option,
  p,
  param,
  plaintext,
  pre,
  row_group,
  script,
  select,
  small,
  source,
  style,
  table,
  td,
  template_,
  textarea,
  title,
  tr,
  track,
  video,
  xmp
};

// Facts, as bits.
enum : std::uint32_t {
  kVoid = 1,              // has no content (§13.1.2)
  kLine = 1U << 1,        // stands in lines of its own
  kBlank = 1U << 2,       // is apart from the text around it
  kSpecial = 1U << 3,     // ends of others do not reach across it (§13.2.4.2 "special")
  kFormatting = 1U << 4,  // goes on in the next paragraph if it was not ended (§13.2.4.3)
  kClosesP = 1U << 5,     // ends a paragraph
  kScope = 1U << 6,       // end tags within do not reach out of it (§13.2.4.2)
  kMarker = 1U << 7,      // formatting within ends with it (§13.2.4.3)
  kButtonScope = 1U << 8,
  kListScope = 1U << 9,
  kTableScope = 1U << 10,
  kTablePart = 1U << 11,     // may stand in a table outside of its cells
  kTableContext = 1U << 12,  // other things in it stand before its table (§13.2.6.1 "foster parent")
  kLeftOut = 1U << 13,       // its text is not shown
  kKeepsLines = 1U << 14,
  kBreaksOut = 1U << 15,   // ends SVG and MathML (§13.2.6.5)
  kOwnColours = 1U << 16,  // text and background do not come from around it
  kOwnSize = 1U << 17,     // of its font, relative to that around it
  kForeign = 1U << 18,     // of SVG and MathML, or content of HTML within
  kOwnLooks = kLeftOut | kKeepsLines | kOwnColours | kOwnSize | kForeign
};

struct Element {
  std::string_view name;
  Tag tag = Tag::other;
  std::uint32_t facts = 0;

  constexpr bool is(std::uint32_t fact) const { return (facts & fact) != 0; }
};

// `name` in lower case. All that are not in the table are one element, whose tag is unknown.
const Element& find_element(std::string_view name);
// A small number that differs from element to element.
std::size_t number_of(const Element& element);

}  // namespace xspamd::html
