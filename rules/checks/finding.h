// What a check found for one symbol in several places: the worst counts, the first five are named.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/check.h"

namespace xspamd {

class Finding {
 public:
  void add(std::string option, double weight = 1) {
    constexpr std::size_t kMostTold = 5;
    weight_ = std::max(weight_, weight);
    const bool told = std::find(options_.begin(), options_.end(), option) != options_.end();
    if (options_.size() < kMostTold && !told) options_.push_back(std::move(option));
  }
  void tell(std::string_view symbol, Hits& hits) {
    if (weight_ > 0) hits.add(symbol, std::move(options_), weight_);
  }

 private:
  double weight_ = 0;
  std::vector<std::string> options_;
};

}  // namespace xspamd
