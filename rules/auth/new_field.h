// A header field that we have just written, seen as one of a message, so that it can be hashed. Views its
// text.
#pragma once

#include <string_view>

#include "proto/mail/header.h"
#include "rules/auth/canonicalization.h"

namespace xspamd::auth {

class NewField {
 public:
  // "NAME: value", with or without the end of its last line.
  explicit NewField(std::string_view text) : line_end_(line_end_of(text)) {
    while (text.ends_with('\n') || text.ends_with('\r'))
      text.remove_suffix(1);
    const std::size_t colon = text.find(':');
    field_ = {text.substr(0, colon), text.substr(colon + 1)};
  }

  // Whole, with its CRLF, in the relaxed form.
  void put(Funnel& funnel) const { put_field(funnel, Canonicalization::relaxed, field_, line_end_); }
  // A signature's own, which ends in "b=" (RFC 6376 §3.7).
  void put_unsigned(Funnel& funnel) const {
    const std::string_view nothing = field_.value.substr(field_.value.size());
    put_signature_field(funnel, Canonicalization::relaxed, field_, nothing, line_end_);
  }

 private:
  Field field_;
  char line_end_;
};

}  // namespace xspamd::auth
