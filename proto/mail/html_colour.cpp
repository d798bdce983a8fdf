#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "proto/base/text.h"
#include "proto/mail/html_colour_names.h"
#include "proto/mail/html_css.h"
#include "proto/mail/html_names.h"
#include "proto/mail/html_style.h"

namespace xspamd {

namespace {

using namespace html;

constexpr NameIndex kIndex(kColourNames);
constexpr std::size_t kLongestName = 24;

std::uint8_t channel(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

std::optional<Colour> named_colour(std::string_view text) {
  if (text.size() > kLongestName) return std::nullopt;
  std::array<char, kLongestName> lower{};
  std::transform(text.begin(), text.end(), lower.begin(), [](char c) { return to_lower(c); });
  const std::size_t at = kIndex.find({lower.data(), text.size()});
  if (at == std::size(kColourNames)) return std::nullopt;
  const std::uint32_t rgb = kColourNames[at].rgb;
  return Colour{static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8),
                static_cast<std::uint8_t>(rgb), 1};
}

// CSS Color 4 §5.2.
std::optional<Colour> hex_colour(std::string_view digits) {
  if (digits.size() != 3 && digits.size() != 4 && digits.size() != 6 && digits.size() != 8)
    return std::nullopt;
  const std::size_t width = digits.size() > 4 ? 2 : 1;
  std::array<int, 4> values{0, 0, 0, 255};
  for (std::size_t i = 0; i * width < digits.size(); ++i) {
    const int high = hex_value(digits[i * width]);
    const int low = hex_value(digits[i * width + width - 1]);
    if (high < 0 || low < 0) return std::nullopt;
    values[i] = high * 16 + low;
  }
  return Colour{static_cast<std::uint8_t>(values[0]), static_cast<std::uint8_t>(values[1]),
                static_cast<std::uint8_t>(values[2]), values[3] / 255.0};
}

// The arguments of rgb() and the like: with commas or blanks, alpha also behind "/" (CSS Color 4 §4.1).
// "none" is 0. At least three, or none at all.
struct Arguments {
  std::array<Dimension, 4> values{};
  std::size_t count = 0;
};

Arguments read_arguments(std::string_view text) {
  constexpr std::string_view kSeparators = ", \t\r\n\f/";
  Arguments arguments;
  std::size_t at = text.find_first_not_of(kSeparators);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kSeparators, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    auto value = parse_dimension(word);
    if (iequals(word, "none")) value = Dimension{};
    if (!value || arguments.count == arguments.values.size()) return {};
    arguments.values[arguments.count++] = *value;
    at = text.find_first_not_of(kSeparators, end);
  }
  return arguments.count < 3 ? Arguments{} : arguments;
}

double fraction(const Dimension& value, double whole) {
  return value.unit == "%" ? value.number / 100 * whole : value.number;
}

double alpha_of(const Arguments& arguments) {
  return arguments.count < 4 ? 1 : std::clamp(fraction(arguments.values[3], 1), 0.0, 1.0);
}

double degrees(const Dimension& hue) {
  double angle = hue.number;
  if (iequals(hue.unit, "grad")) angle *= 0.9;
  if (iequals(hue.unit, "rad")) angle *= 180 / 3.14159265358979;
  if (iequals(hue.unit, "turn")) angle *= 360;
  return angle;
}

// CSS Color 4 §7.1: one channel of a colour by hue, saturation and lightness.
std::uint8_t hsl_channel(double offset, double hue, double saturation, double lightness) {
  double k = std::fmod(offset + hue / 30, 12);
  if (k < 0) k += 12;
  const double reach = saturation * std::min(lightness, 1 - lightness);
  return channel(255 * (lightness - reach * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}))));
}

std::optional<Colour> function_colour(std::string_view text) {
  for (const std::string_view name : {"rgb", "rgba"}) {
    const auto inside = arguments_of(text, name);
    if (!inside) continue;
    const Arguments arguments = read_arguments(*inside);
    if (arguments.count == 0) return std::nullopt;
    const auto& [red, green, blue, alpha] = arguments.values;
    return Colour{channel(fraction(red, 255)), channel(fraction(green, 255)), channel(fraction(blue, 255)),
                  alpha_of(arguments)};
  }
  for (const std::string_view name : {"hsl", "hsla"}) {
    const auto inside = arguments_of(text, name);
    if (!inside) continue;
    const Arguments arguments = read_arguments(*inside);
    if (arguments.count == 0) return std::nullopt;
    const double hue = degrees(arguments.values[0]);
    const double saturation = std::clamp(arguments.values[1].number / 100, 0.0, 1.0);
    const double lightness = std::clamp(arguments.values[2].number / 100, 0.0, 1.0);
    return Colour{hsl_channel(0, hue, saturation, lightness), hsl_channel(8, hue, saturation, lightness),
                  hsl_channel(4, hue, saturation, lightness), alpha_of(arguments)};
  }
  return std::nullopt;
}

// HTML §2.3.6, "rules for parsing a legacy color value", from the point where it is no name: what is no digit
// counts as 0, the digits are three equal parts, of which the first two that matter count.
Colour legacy_colour(std::string_view text) {
  constexpr std::size_t kMostDigits = 128;
  if (text.starts_with('#')) text.remove_prefix(1);
  std::string digits;
  for (std::size_t at = 0; at < text.size() && digits.size() < kMostDigits;) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(at)), 1);
    digits += hex_value(text[at]) < 0 ? '0' : text[at];
    if (length == 4) digits += '0';  // two units of UTF-16
    at += length;
  }
  while (digits.empty() || digits.size() % 3 != 0)
    digits += '0';
  const std::size_t length = digits.size() / 3;
  std::size_t skip = length > 8 ? length - 8 : 0;
  const auto all_zero = [&](std::size_t at) {
    return digits[at] == '0' && digits[at + length] == '0' && digits[at + 2 * length] == '0';
  };
  while (length - skip > 2 && all_zero(skip))
    ++skip;
  const auto part = [&](std::size_t begin) {
    const int first = hex_value(digits[begin + skip]);
    const int value = length - skip < 2 ? first : first * 16 + hex_value(digits[begin + skip + 1]);
    return static_cast<std::uint8_t>(value);
  };
  return {part(0), part(length), part(2 * length), 1};
}

}  // namespace

std::optional<Colour> parse_colour(std::string_view text, bool legacy) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (iequals(text, "transparent")) return legacy ? std::nullopt : std::optional<Colour>(Colour{0, 0, 0, 0});
  if (const auto named = named_colour(text)) return named;
  if (legacy) {
    if (text.size() == 4 && text.front() == '#') {
      if (const auto colour = hex_colour(text.substr(1))) return colour;
    }
    return legacy_colour(text);
  }
  if (text.front() == '#') return hex_colour(text.substr(1));
  return function_colour(text);
}

bool is_readable(const Colour& text, const Colour& background) {
  // The distance of the colours, each channel by its share in brightness (ITU-R BT.709): the least that is
  // read lies between #eeeeee on white (17) and #ebebeb (20). A ratio of brightness alone (WCAG) would call
  // yellow on white unreadable.
  constexpr double kLeast = 18;
  constexpr double kRed = 0.2126;
  constexpr double kGreen = 0.7152;
  constexpr double kBlue = 0.0722;
  const auto square = [](double value) {
    return value * value;
  };
  // What is transparent in the text comes nearer to the background by as much.
  const double sum = kRed * square(text.red - background.red) +
                     kGreen * square(text.green - background.green) +
                     kBlue * square(text.blue - background.blue);
  return sum * square(text.alpha) >= kLeast * kLeast;
}

}  // namespace xspamd
