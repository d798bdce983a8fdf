// Selector: what a rule or map looks at, such as header "Subject" or envelope "sender.domain", and the values
// found there in one message. A selector without a value gives none: a missing field never hits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "rules/check.h"

namespace xspamd {

struct Selector {
  enum class Source { header, envelope, received, part, url, attachment, message };
  enum class Form { decoded, raw, address, domain, name };  // of a header field

  Source source = Source::header;
  std::string name;  // "Subject", "*", "sender.domain", "ip", ...
  Form form = Form::decoded;

  friend bool operator==(const Selector&, const Selector&) = default;
};

// `source` is one of conf::selector_nouns(); `what` is the text behind it, such as "From:addr". Fails naming
// what is unknown and what was meant.
Result<Selector> parse_selector(std::string_view source, std::string_view what);

// Whether values_of() reads this source; those that it does not read give no values.
bool is_readable(const Selector& selector);

std::vector<std::string> values_of(const Selector& selector, const Mail& mail);

}  // namespace xspamd
