#include "proto/base/points.h"

#include <catch2/catch.hpp>

using namespace xspamd;

TEST_CASE("points: two decimals are printed, three where needed") {
  CHECK(to_text(Points{2500}) == "2.50");
  CHECK(to_text(Points{-60}) == "-0.06");
  CHECK(to_text(Points{125}) == "0.125");
  CHECK(to_text(Points{-1005}) == "-1.005");
  CHECK(to_text(Points{0}) == "0.00");
}

TEST_CASE("points: totals are rounded down to a tenth, so that rounding never crosses a threshold") {
  CHECK(floor_to_tenth(Points{5999}) == Points{5900});
  CHECK(floor_to_tenth(Points{-60}) == Points{-100});
  CHECK(floor_to_tenth(Points{-100}) == Points{-100});
  CHECK(to_tenths(Points{14999}) == "14.9");
  CHECK(to_tenths(Points{-1}) == "-0.1");
}

TEST_CASE("points: a weighted score is rounded to a tenth, half away from zero") {
  CHECK(weighted(Points{350}, 1.0) == Points{350});
  CHECK(weighted(Points{350}, 3.0) == Points{1100});
  CHECK(weighted(Points{-350}, 3.0) == Points{-1100});
  CHECK(weighted(Points{5100}, 0.5) == Points{2600});
  CHECK(weighted(Points{5100}, 0.49) == Points{2500});
  CHECK(weighted(Points{1000}, 1.0 / 0.0) == Points{0});
}

TEST_CASE("points: a score in configuration has at most three decimals and four digits") {
  CHECK(points_from(2.5).value() == Points{2500});
  CHECK(points_from(-0.001).value() == Points{-1});
  CHECK(points_from(9999.9).value() == kMaxPoints);
  CHECK_FALSE(points_from(0.0001).has_value());
  CHECK_FALSE(points_from(10000).has_value());
  CHECK_FALSE(points_from(0.0 / 0.0).has_value());
}
