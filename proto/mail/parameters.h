// A field of MIME with parameters (RFC 2045 §5.1, RFC 2183 §2): "text/plain; charset=utf-8". Values may be
// quoted, split and in a charset (RFC 2231 §3, §4), or, against the rules and common, encoded words. Broken
// fields give the most useful reading: a missing ";" or closing quote, blanks around "=" and in unquoted file
// names. Where a name has a plain value and one of RFC 2231, that of RFC 2231 counts (RFC 6266 §4.3). Linear
// but for the sorting of parameters; at most 1,000 are read, and 64 KiB of a field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/mail/charset.h"

namespace xspamd::mail {

struct Parameter {
  std::string name;   // lower case, without RFC 2231's section and star; valid UTF-8
  std::string value;  // valid UTF-8
  std::string bytes;  // the value without quotes and percent signs, before it was converted: for boundaries
};

struct ContentField {
  std::string value;  // before the first ";", without comments and blanks, in lower case: "text/plain"
  std::vector<Parameter> parameters;  // in order of first appearance; of equal names the first counts

  const std::string* find(std::string_view name) const;  // nullptr if there is none
};

// `raw` is a field value as it came, folding included.
ContentField parse_content_field(std::string_view raw, Charsets& charsets);

}  // namespace xspamd::mail
