// Defect: where a message leaves RFC 5322 or MIME, or a limit cut its reading. Data for the rules, never a
// failure.
#pragma once

#include <cstdint>
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
  parts_over_limit,    // more parts than Limits::parts; the rest was not split
  depth_over_limit,    // parts nested deeper than Limits::depth; those were not split
  no_boundary,         // a multipart without a boundary parameter, or one that never occurs
  missing_end,         // a multipart without its closing boundary
  nested_boundary,     // a multipart with the boundary of one around it
  odd_boundary,       // a boundary line with what RFC 2046 §5.1.1 does not allow: blanks inside, text behind
  bad_content_type,   // a Content-Type that is no type/subtype
  doubled_field,      // a part with two Content-Type or Content-Transfer-Encoding fields
  bad_encoding,       // an unknown Content-Transfer-Encoding
  encoded_container,  // a multipart or message in base64 or quoted-printable (RFC 2045 §6.4)
  bad_base64,         // bytes outside the alphabet, or text behind the padding
  body_bare_cr,       // a CR without LF, or an LF without CR among CRLFs, in the body
  body_nul,           // a NUL in text
  text_over_limit,    // more text than Limits::text; the rest was not read
  urls_over_limit,    // more URLs than Limits::urls
  html_over_limit,    // HTML nested deeper than Limits::html_depth
  archive_over_limit,  // an archive with more entries than Limits::archive_files, or over Limits::archive
};

inline constexpr std::string_view kDefectNames[] = {
    "headers_over_limit", "no_header_end",     "bad_header_line",  "bare_cr",           "nul",
    "eight_bit",          "long_line",         "parts_over_limit", "depth_over_limit",  "no_boundary",
    "missing_end",        "nested_boundary",   "odd_boundary",     "bad_content_type",  "doubled_field",
    "bad_encoding",       "encoded_container", "bad_base64",       "body_bare_cr",      "body_nul",
    "text_over_limit",    "urls_over_limit",   "html_over_limit",  "archive_over_limit"};

constexpr std::string_view name(Defect defect) {
  return kDefectNames[static_cast<unsigned>(defect)];
}

class Defects {
 public:
  constexpr void add(Defect defect) { bits_ |= bit(defect); }
  constexpr void add(Defects others) { bits_ |= others.bits_; }
  constexpr bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint64_t bit(Defect defect) {
    return std::uint64_t{1} << static_cast<unsigned>(defect);
  }
  std::uint64_t bits_ = 0;
};

}  // namespace xspamd
