// The table of all checks: one line each.
#include <array>

#include "rules/check.h"

namespace xspamd {

extern const Check gtube_check;
extern const Check rules_check;

std::span<const Check* const> all_checks() {
  static constexpr std::array kChecks{
      &gtube_check,
      &rules_check,
  };
  return kChecks;
}

}  // namespace xspamd
