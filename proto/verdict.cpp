#include "proto/verdict.h"

#include <array>

#include "proto/request.h"

namespace xspamd {

namespace {

constexpr std::array<std::string_view, 8> kActions{"no action",   "greylist", "add header", "rewrite subject",
                                                   "soft reject", "reject",   "discard",    "quarantine"};
constexpr std::array<std::string_view, 4> kDialects{"spamc", "rspamc", "http", "milter"};

}  // namespace

std::string_view name(Action action) {
  return kActions[static_cast<std::size_t>(action)];
}

std::optional<Action> action_from(std::string_view spelled) {
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (kActions[i] == spelled) return static_cast<Action>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> action_names() {
  return {kActions.begin(), kActions.end()};
}

std::string_view name(Dialect dialect) {
  return kDialects[static_cast<std::size_t>(dialect)];
}

}  // namespace xspamd
