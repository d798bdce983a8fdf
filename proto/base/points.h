// Points: a score in integer thousandths, so that sums are exact and printed parts add up.
// Range in use: +-9999.9 for anything printed (kMaxPoints); sums inside may be larger.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/base/result.h"

namespace xspamd {

struct Points {
  std::int64_t thousandths = 0;

  friend constexpr auto operator<=>(const Points&, const Points&) = default;
  friend constexpr Points operator+(Points a, Points b) { return {a.thousandths + b.thousandths}; }
  friend constexpr Points operator-(Points a, Points b) { return {a.thousandths - b.thousandths}; }
  friend constexpr Points operator-(Points a) { return {-a.thousandths}; }
  constexpr Points& operator+=(Points other) {
    thousandths += other.thousandths;
    return *this;
  }
};

// Exim prints the score into 16 bytes and dies beyond them; four digits and one decimal are ample.
inline constexpr Points kMaxPoints{9'999'900};

// "2.50", "-0.06", "0.125": two decimals, three where needed.
std::string to_text(Points points);
// "7.5", "-0.1": one decimal; what is finer is cut towards minus infinity.
std::string to_tenths(Points points);
// The largest whole tenth that is not above `points`.
Points floor_to_tenth(Points points);
Points clamp(Points points);  // to +-kMaxPoints
// score x weight; a weight other than 1 is rounded to a tenth, half away from zero. Not finite: 0.
Points weighted(Points score, double weight);
// Exactly the decimal number that `value` prints as; fails when it is not finite, has more than three
// decimals or lies outside +-kMaxPoints.
Result<Points> points_from(double value);

}  // namespace xspamd
