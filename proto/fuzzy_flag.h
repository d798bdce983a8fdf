// FuzzyFlag: what is known of mail like this (rules/fuzzy). The numbers are those by which rspamd's tools
// call the same three.
#pragma once

#include <optional>
#include <string_view>

namespace xspamd {

enum class FuzzyFlag { denied = 1, probable = 2, white = 3 };

// As TELL's header "Fuzzy" names it.
std::string_view name(FuzzyFlag flag);
// By its name in any case, or by its number.
std::optional<FuzzyFlag> fuzzy_flag_from(std::string_view text);

// "Fuzzy: denied; weight=10", a header of TELL: where and how much is to be remembered or forgotten.
struct FuzzyOrder {
  static constexpr unsigned kMostWeight = 1000;

  std::optional<FuzzyFlag> flag;  // nothing: what the class of the message says; of what is forgotten, any
  unsigned weight = 1;
};

// Nothing when the value is not of that form.
std::optional<FuzzyOrder> fuzzy_order_from(std::string_view value);

}  // namespace xspamd
