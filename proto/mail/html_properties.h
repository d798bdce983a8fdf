// The properties and keywords of CSS that decide what a reader sees (html_style.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/base/text.h"
#include "proto/mail/html_style.h"

namespace xspamd::html {

enum class Property : std::uint8_t {
  background,
  background_colour,
  background_image,
  clip,
  clip_path,
  colour,
  display,
  fill_colour,
  font,
  font_size,
  height,
  margin,
  margin_far,
  max_height,
  max_width,
  opacity,
  overflow,
  place,
  position,
  text_indent,
  transform,
  visibility,
  white_space,
  width
};

struct PropertyName {
  std::string_view name;
  Property property;
};

inline constexpr PropertyName kProperties[] = {
    {"background", Property::background},
    {"background-color", Property::background_colour},
    {"background-image", Property::background_image},
    {"bottom", Property::place},
    {"clip", Property::clip},
    {"clip-path", Property::clip_path},
    {"color", Property::colour},
    {"display", Property::display},
    {"-webkit-text-fill-color", Property::fill_colour},
    {"font", Property::font},
    {"font-size", Property::font_size},
    {"height", Property::height},
    {"left", Property::place},
    {"margin", Property::margin},
    {"margin-left", Property::margin_far},
    {"margin-top", Property::margin_far},
    {"max-height", Property::max_height},
    {"max-width", Property::max_width},
    {"opacity", Property::opacity},
    {"overflow", Property::overflow},
    {"overflow-x", Property::overflow},
    {"overflow-y", Property::overflow},
    {"position", Property::position},
    {"right", Property::place},
    {"text-indent", Property::text_indent},
    {"top", Property::place},
    {"transform", Property::transform},
    {"visibility", Property::visibility},
    {"white-space", Property::white_space},
    {"width", Property::width},
};

template <typename Value>
struct Keyword {
  std::string_view name;
  Value value;
};

template <typename Value, std::size_t Count>
std::optional<Value> keyword(const Keyword<Value> (&keywords)[Count], std::string_view text) {
  for (const auto& known : keywords) {
    if (iequals(text, known.name)) return known.value;
  }
  return std::nullopt;
}

// CSS Display 3 §2; "none" is apart.
inline constexpr Keyword<Flow> kDisplays[] = {{"block", Flow::block},
                                              {"inline-block", Flow::inline_block},
                                              {"inline", Flow::inline_text},
                                              {"table", Flow::block},
                                              {"flex", Flow::block},
                                              {"inline-flex", Flow::inline_block},
                                              {"grid", Flow::block},
                                              {"inline-grid", Flow::inline_block},
                                              {"inline-table", Flow::inline_block},
                                              {"list-item", Flow::block},
                                              {"flow-root", Flow::block},
                                              {"table-row", Flow::block},
                                              {"table-row-group", Flow::block},
                                              {"table-header-group", Flow::block},
                                              {"table-footer-group", Flow::block},
                                              {"table-caption", Flow::block},
                                              {"table-cell", Flow::inline_block},
                                              {"contents", Flow::inline_text},
                                              {"initial", Flow::inline_text},
                                              {"unset", Flow::inline_text},
                                              {"run-in", Flow::inline_text}};

constexpr double kUsualPixels = 16;

// CSS Fonts 4 §3.5.1, as browsers have them.
inline constexpr Keyword<double> kFontSizes[] = {
    {"xx-small", 9}, {"x-small", 10},  {"small", 13},     {"medium", kUsualPixels}, {"large", 18},
    {"x-large", 24}, {"xx-large", 32}, {"xxx-large", 48}, {"initial", kUsualPixels}};
inline constexpr Keyword<double> kFontRatios[] = {
    {"smaller", 1 / 1.2}, {"larger", 1.2}, {"inherit", 1}, {"unset", 1}};

inline constexpr Keyword<bool> kVisibilities[] = {
    {"visible", true}, {"hidden", false}, {"collapse", false}, {"initial", true}};
inline constexpr Keyword<bool> kOverflows[] = {{"hidden", true}, {"clip", true},     {"auto", true},
                                               {"scroll", true}, {"visible", false}, {"initial", false}};
inline constexpr Keyword<bool> kWhiteSpaces[] = {
    {"normal", false},  {"nowrap", false},  {"initial", false},    {"pre", true},
    {"pre-wrap", true}, {"pre-line", true}, {"break-spaces", true}};

}  // namespace xspamd::html
