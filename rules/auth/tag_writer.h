// Writes a tag list (RFC 6376 §3.2) as a header field: "NAME: v=1; a=rsa-sha256; ... b=", folded between tags
// and in long lists so that lines stay within 76 columns where they can be folded (RFC 5322 §2.1.1). The
// signature comes last: what it is of is the field up to "b=". Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace xspamd::auth {

class TagWriter {
 public:
  // `line_end` ends every line.
  TagWriter(std::string_view name, std::string_view line_end);

  void add(std::string_view tag, std::string_view value);
  // "h=from:to:subject".
  void add_names(std::string_view tag, std::span<const std::string_view> names);
  // Begins "b=": nothing but the signature follows.
  void begin_signature();

  // The field so far, without an end of its last line.
  const std::string& text() const { return text_; }
  // The whole field with its line end. Only once.
  std::string finish(std::string_view signature);

 private:
  void fold();
  void put(std::string_view piece, std::string_view before);
  void begin_tag(std::string_view piece);

  std::string text_;
  std::string line_end_;
  std::size_t column_ = 0;
  bool first_ = true;
};

}  // namespace xspamd::auth
