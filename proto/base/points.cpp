#include "proto/base/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace xspamd {

std::string to_text(Points points) {
  const std::int64_t absolute = points.thousandths < 0 ? -points.thousandths : points.thousandths;
  const char* sign = points.thousandths < 0 ? "-" : "";
  const std::int64_t fraction = absolute % 1000;
  if (fraction % 10 != 0) return fmt::format("{}{}.{:03}", sign, absolute / 1000, fraction);
  return fmt::format("{}{}.{:02}", sign, absolute / 1000, fraction / 10);
}

std::string to_tenths(Points points) {
  const Points tenth = floor_to_tenth(points);
  const std::int64_t absolute = tenth.thousandths < 0 ? -tenth.thousandths : tenth.thousandths;
  return fmt::format("{}{}.{}", tenth.thousandths < 0 ? "-" : "", absolute / 1000, absolute % 1000 / 100);
}

Points floor_to_tenth(Points points) {
  std::int64_t rest = points.thousandths % 100;
  if (rest < 0) rest += 100;
  return {points.thousandths - rest};
}

Points clamp(Points points) {
  return std::clamp(points, -kMaxPoints, kMaxPoints);
}

Points weighted(Points score, double weight) {
  if (weight == 1.0) return score;
  const double product = static_cast<double>(score.thousandths) * weight;
  if (!std::isfinite(product)) return {};
  // The product is settled to a whole millionth of a point first: 0.35 x 3 in binary lies just below 1.05,
  // and half away from zero must still see the half.
  const double bounded = std::clamp(product, -1e9, 1e9);
  const double settled = std::round(bounded * 1000) / 1000;
  return {static_cast<std::int64_t>(std::round(settled / 100)) * 100};
}

Result<Points> points_from(double value) {
  if (!std::isfinite(value)) return fail(Errc::invalid, "a score must be a finite number");
  const double scaled = value * 1000;
  if (std::abs(scaled) > static_cast<double>(kMaxPoints.thousandths)) {
    return fail(Errc::invalid, fmt::format("{} lies outside -9999.9 to 9999.9", value));
  }
  const double rounded = std::round(scaled);
  if (std::abs(scaled - rounded) > 1e-6) {
    return fail(Errc::invalid, fmt::format("{} has more than three decimals", value));
  }
  return Points{static_cast<std::int64_t>(rounded)};
}

}  // namespace xspamd
