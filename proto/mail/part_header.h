// The headers of parts: as parse_header(), but they end where a boundary line comes first, and may have CRs
// for line ends. What all headers of one message hold together is bounded.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "proto/mail/boundary.h"
#include "proto/mail/header.h"

namespace xspamd::mail {

class PartHeaders {
 public:
  // `most_fields` of one header, ten times as many of all; `most_copied` bytes into buffers.
  PartHeaders(std::size_t most_fields, std::size_t most_copied)
      : most_(most_fields), left_(10 * most_fields), copied_left_(most_copied) {}

  // The header at the start of `text`. With CRs and LFs for line ends its views point into a buffer.
  Header read(std::string_view text, Boundaries& boundaries, std::size_t lowest,
              std::deque<std::string>& buffers);

 private:
  std::size_t most_;
  std::size_t left_;
  std::size_t copied_left_;
};

// Length of the line that mbox files put before a message and programs then attach with it; 0 if there is
// none.
std::size_t mbox_line(std::string_view text);

// Whether a line begins with the name of a field and a colon (RFC 5322 §3.6.8, §4.5).
bool is_field(std::string_view line);

}  // namespace xspamd::mail
