// Defect: where a message leaves RFC 5322. Data for the rules, never a failure.
#pragma once

#include <string_view>

namespace xspamd {

enum class Defect {
  headers_over_limit,  // more header fields than Limits::headers; the rest is counted but not looked at
  no_header_end,       // the message ends inside its header
  bad_header_line,     // the header was ended by a line that is no field
  bare_cr,             // a CR without LF in the header
  nul,                 // a NUL in the header
  eight_bit,           // a byte above 0x7f in the header
  long_line,           // a header line of more than 998 bytes (RFC 5322 §2.1.1)
};

inline constexpr std::string_view kDefectNames[] = {
    "headers_over_limit", "no_header_end", "bad_header_line", "bare_cr", "nul", "eight_bit", "long_line"};

constexpr std::string_view name(Defect defect) {
  return kDefectNames[static_cast<unsigned>(defect)];
}

class Defects {
 public:
  constexpr void add(Defect defect) { bits_ |= bit(defect); }
  constexpr bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr unsigned bit(Defect defect) { return 1U << static_cast<unsigned>(defect); }
  unsigned bits_ = 0;
};

}  // namespace xspamd
