#include "proto/mail/html_looks.h"

#include <algorithm>
#include <cmath>

namespace xspamd::html {

namespace {

constexpr double kMostPixels = 1e6;

// What is seen where a colour lies over another.
Colour blend(const Colour& over, const Colour& under) {
  const auto mix = [&](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a * over.alpha + b * (1 - over.alpha)));
  };
  return {mix(over.red, under.red), mix(over.green, under.green), mix(over.blue, under.blue), 1};
}

}  // namespace

void inherit(const Declared& declared, Looks& looks) {
  if (declared.colour) looks.colour = *declared.colour;
  if (declared.background && declared.background->alpha > 0) {
    looks.background = blend(*declared.background, looks.background);
    if (declared.background->alpha >= 1) looks.background_known = true;
  }
  if (declared.has_image) looks.background_known = false;
  const double pixels = declared.font_pixels.value_or(looks.font_pixels * declared.font_ratio);
  looks.font_pixels = std::clamp(pixels, 0.0, kMostPixels);
  looks.opacity *= declared.opacity;
  if (declared.visible) looks.visible = *declared.visible;
  if (declared.keeps_lines) looks.keeps_lines = *declared.keeps_lines;
  if (declared.foreign) looks.foreign = *declared.foreign;
  if (declared.left_out) looks.left_out = true;
  if (declared.link >= 0) looks.link = declared.link;
  if (looks.box != Hiding::none) return;
  const bool faded = looks.opacity <= kHiddenOpacity;
  looks.box = faded && declared.box != Hiding::display ? Hiding::opacity : declared.box;
}

Hiding box_hiding(const Looks& looks) {
  if (looks.box != Hiding::none) return looks.box;
  return looks.visible ? Hiding::none : Hiding::visibility;
}

Hiding text_hiding(const Looks& looks) {
  const Hiding box = box_hiding(looks);
  if (box != Hiding::none) return box;
  if (looks.font_pixels <= kHiddenFontPixels) return Hiding::font_size;
  if (looks.colour.alpha <= kHiddenOpacity) return Hiding::colour;
  const bool seen = !looks.background_known || is_readable(looks.colour, looks.background);
  return seen ? Hiding::none : Hiding::colour;
}

Hiding box_of(const Style& style, bool cuts) {
  if (style.shown == false) return Hiding::display;
  const auto is_nothing = [](const std::optional<double>& size) {
    return size && *size <= kHiddenBoxPixels;
  };
  const bool small = is_nothing(style.width) || is_nothing(style.height) || is_nothing(style.max_width) ||
                     is_nothing(style.max_height);
  if (cuts && small && style.clips == true) return Hiding::zero_size;
  return style.off_screen ? Hiding::off_screen : Hiding::none;
}

}  // namespace xspamd::html
