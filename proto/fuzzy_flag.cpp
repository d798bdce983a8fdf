#include "proto/fuzzy_flag.h"

#include <array>

#include "proto/base/text.h"

namespace xspamd {

namespace {

constexpr std::array<FuzzyFlag, 3> kFlags{FuzzyFlag::denied, FuzzyFlag::probable, FuzzyFlag::white};

}  // namespace

std::string_view name(FuzzyFlag flag) {
  switch (flag) {
    case FuzzyFlag::denied:
      return "denied";
    case FuzzyFlag::probable:
      return "probable";
    case FuzzyFlag::white:
      return "white";
  }
  return "";
}

std::optional<FuzzyFlag> fuzzy_flag_from(std::string_view text) {
  const auto number = parse_unsigned(text);
  for (const FuzzyFlag flag : kFlags) {
    if (iequals(text, name(flag)) || number == static_cast<std::uint64_t>(flag)) return flag;
  }
  return std::nullopt;
}

std::optional<FuzzyOrder> fuzzy_order_from(std::string_view value) {
  constexpr std::string_view kWeight = "weight=";
  FuzzyOrder order;
  const auto pieces = split(value, ';');
  order.flag = fuzzy_flag_from(trim(pieces[0]));
  if (!order.flag || pieces.size() > 2) return std::nullopt;
  if (pieces.size() == 1) return order;
  const std::string_view weight = trim(pieces[1]);
  if (!istarts_with(weight, kWeight)) return std::nullopt;
  const auto number = parse_unsigned(weight.substr(kWeight.size()));
  if (!number || *number < 1 || *number > FuzzyOrder::kMostWeight) return std::nullopt;
  order.weight = static_cast<unsigned>(*number);
  return order;
}

}  // namespace xspamd
