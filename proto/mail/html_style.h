// CSS as far as it decides whether a reader of mail sees a text: declarations of a style attribute or a rule,
// and selectors of one tag, class or id in <style>. What is not understood is skipped. Never fails, linear.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  double alpha = 1;

  friend bool operator==(const Colour&, const Colour&) = default;
};

// Names, #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl(), hsla(), transparent (CSS Color 4), and, for
// the attributes of old HTML, hex digits without "#" when `legacy`.
std::optional<Colour> parse_colour(std::string_view text, bool legacy = false);
// Whether text of one colour can be read on the other.
bool is_readable(const Colour& text, const Colour& background);

// How a box stands among others: in its line, in a line but as a block of its own, in lines of its own.
enum class Flow : std::uint8_t { inline_text, inline_block, block };

// What a list of declarations says; what it does not say is empty.
struct Style {
  std::optional<bool> shown;          // display: none is false
  std::optional<Flow> flow;           // display, if it is shown
  std::optional<bool> visible;        // visibility: hidden, collapse is false
  std::optional<double> font_pixels;  // absolute; em and % relative to `parent_font`
  std::optional<double> font_ratio;   // where it is relative, to what
  std::optional<double> opacity;
  std::optional<Colour> colour;
  bool inherits_colour = false;  // color: inherit
  std::optional<Colour> background;
  std::optional<bool> background_image;  // url(), gradients and what is not known: any colours
  std::optional<bool> keeps_lines;       // white-space: pre
  std::optional<double> width, height, max_height, max_width;  // pixels
  std::optional<bool> clips;                                   // overflow: hidden
  bool off_screen = false;                                     // positioned or indented far outside
  std::optional<double> text_indent;
  std::vector<std::string> urls;  // of url(...)

  friend bool operator==(const Style&, const Style&) = default;
  // Later declarations win over those of `weaker`.
  void inherit_missing(const Style& weaker);
  // Relative sizes for another parent.
  void set_parent_font(double pixels);
};

// A list of declarations in which those that are "!important" stand apart.
struct StyleRule {
  Style usual;
  std::optional<Style> important;
};

StyleRule parse_declarations(std::string_view declarations, double parent_font_pixels);
// Both in one.
Style parse_style(std::string_view declarations, double parent_font_pixels);

}  // namespace xspamd
