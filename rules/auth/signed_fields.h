// Which header fields a signature covers (RFC 6376 §5.4.2): for each name of h= the lowest field of that name
// that was not taken yet; a name without such a field stands for nothing. Made once for a message, which it
// views; a selection costs the names times the logarithm of the fields. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "proto/mail/header.h"

namespace xspamd::auth {

class SignedFields {
 public:
  explicit SignedFields(const std::vector<Field>& fields);

  // The fields in the order of the names. `own` is the signature's field, which does not cover itself (§5.4).
  std::vector<const Field*> select(std::span<const std::string_view> names, const Field* own) const;

 private:
  std::vector<const Field*> fields_;  // sorted by name, those of one name from the top
};

}  // namespace xspamd::auth
