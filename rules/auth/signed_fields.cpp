#include "rules/auth/signed_fields.h"

#include <algorithm>

#include "proto/base/text.h"

namespace xspamd::auth {

namespace {

// An order of names without regard to case. By length first, since most differ there.
int compare(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char left = to_lower(a[i]);
    const char right = to_lower(b[i]);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

}  // namespace

SignedFields::SignedFields(const std::vector<Field>& fields) {
  fields_.reserve(fields.size());
  for (const Field& field : fields)
    fields_.push_back(&field);
  std::sort(fields_.begin(), fields_.end(), [](const Field* a, const Field* b) {
    const int order = compare(a->name, b->name);
    return order != 0 ? order < 0 : a < b;  // all stand in one vector
  });
}

std::vector<const Field*> SignedFields::select(std::span<const std::string_view> names,
                                               const Field* own) const {
  std::vector<const Field*> selected;
  // At the place of the first field of a name: how many of that name were taken.
  std::vector<std::size_t> taken(fields_.size(), 0);
  for (const std::string_view name : names) {
    const auto first = std::lower_bound(
        fields_.begin(), fields_.end(), name,
        [](const Field* field, std::string_view wanted) { return compare(field->name, wanted) < 0; });
    const auto last = std::upper_bound(
        first, fields_.end(), name,
        [](std::string_view wanted, const Field* field) { return compare(wanted, field->name) < 0; });
    if (first == last) continue;
    std::size_t& used = taken[static_cast<std::size_t>(first - fields_.begin())];
    const auto count = static_cast<std::size_t>(last - first);
    if (used < count && *(last - 1 - static_cast<std::ptrdiff_t>(used)) == own) ++used;
    if (used == count) continue;
    ++used;
    selected.push_back(*(last - static_cast<std::ptrdiff_t>(used)));
  }
  return selected;
}

}  // namespace xspamd::auth
