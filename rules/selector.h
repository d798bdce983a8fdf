// Selector: what a rule or map looks at, such as header "Subject" or envelope "sender.domain".
#pragma once

#include <string>
#include <string_view>

#include "proto/base/result.h"

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

}  // namespace xspamd
