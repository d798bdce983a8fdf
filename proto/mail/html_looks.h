// How an element looks, as far as that decides whether its text is seen: what it declares itself, and what it
// comes to inside its parent. Colours and sizes are inherited, backgrounds shine through, and what is hidden
// as a box (not displayed, of no size, outside, transparent) hides all that is in it.
#pragma once

#include <optional>

#include "proto/mail/html.h"
#include "proto/mail/html_style.h"

namespace xspamd::html {

// Text of up to so many CSS pixels is not read; browsers show one pixel a character.
constexpr double kHiddenFontPixels = 2;
constexpr double kHiddenOpacity = 0.05;
// Of a box that cuts off what does not fit in it.
constexpr double kHiddenBoxPixels = 1;
constexpr double kUsualFontPixels = 16;

struct Declared {
  std::optional<Colour> colour;  // nothing: as around it
  std::optional<Colour> background;
  bool has_image = false;  // as background: what is behind the text is not known
  std::optional<double> font_pixels;
  double font_ratio = 1;  // of the parent's, where there are no pixels
  double opacity = 1;
  std::optional<bool> visible;
  std::optional<bool> keeps_lines;
  bool left_out = false;
  std::optional<bool> foreign;
  Hiding box = Hiding::none;
  int link = -1;  // the anchor that it is

  friend bool operator==(const Declared&, const Declared&) = default;
};

struct Looks {
  Colour colour;
  Colour background{255, 255, 255};
  bool background_known = true;
  bool visible = true;
  bool keeps_lines = false;
  bool left_out = false;  // no text of the document at all
  bool foreign = false;   // SVG or MathML
  Hiding box = Hiding::none;
  int link = -1;  // the anchor that it is in
  double font_pixels = kUsualFontPixels;
  double opacity = 1;
};

// `looks` are those of the parent before and those of the element after.
void inherit(const Declared& declared, Looks& looks);

// Of text, and of what is no text, such as an image.
Hiding text_hiding(const Looks& looks);
Hiding box_hiding(const Looks& looks);

// The box that a style makes; `cuts` is false where width and height are only least sizes (table cells).
Hiding box_of(const Style& style, bool cuts);

}  // namespace xspamd::html
