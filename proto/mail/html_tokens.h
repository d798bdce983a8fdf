// HTML as tokens, by the WHATWG standard's tokenization (HTML §13.2.5), bounded and streaming: one token at a
// time from one buffer, no tree. The tree construction's switches (script, style, textarea, title, plaintext)
// are set by the caller through set_state(); next() sets them itself for start tags when `switch_by_tag`.
// Valid UTF-8 in, valid UTF-8 out; never fails, linear. Strings of a token are valid until the next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace xspamd {

enum class HtmlState { data, rcdata, rawtext, script_data, plaintext, cdata };

struct HtmlAttribute {
  std::string_view name;   // lower case
  std::string_view value;  // character references decoded
};

struct HtmlToken {
  enum class Type { end, text, start_tag, end_tag, comment, doctype };

  Type type = Type::end;
  std::string_view name;  // of tags and doctypes, in lower case
  std::string_view text;  // decoded; of comments their content; a NUL of the data state is left in it
  std::vector<HtmlAttribute> attributes;  // of equal names the first; at most 256
  bool self_closing = false;
  // Of a doctype (HTML §13.2.5.53 ff.).
  std::string_view public_id, system_id;
  bool has_public_id = false, has_system_id = false, force_quirks = false;
  std::size_t begin = 0, end = 0;  // where it stands in the source
};

class HtmlTokenizer {
 public:
  // Of a longer name or attribute value only the first bytes of its source are read; of more attributes only
  // the first.
  static constexpr std::size_t kMostAttributes = 256;
  static constexpr std::size_t kLongestName = 1024;
  static constexpr std::size_t kLongestValue = 65536;

  explicit HtmlTokenizer(std::string_view utf8, bool switch_by_tag = true);
  HtmlTokenizer(const HtmlTokenizer&) = delete;
  HtmlTokenizer& operator=(const HtmlTokenizer&) = delete;

  // False at the end; the token is then of type end. Text may come in several pieces.
  bool next(HtmlToken& token);
  // `last_start_tag` is what ends raw text.
  void set_state(HtmlState state, std::string_view last_start_tag);

 private:
  struct Run {
    std::size_t end = 0;
    unsigned seen = 0;  // classes of its bytes
  };
  struct Value {
    std::string_view raw;
    unsigned seen = 0;
  };
  Run scan(std::size_t from, unsigned stop) const;
  bool starts_markup(std::size_t at) const;
  bool starts_with(std::string_view word) const;  // in any case, at at_
  void skip_space();
  std::string_view cleaned(std::string_view raw, unsigned classes);

  void read_text(HtmlToken& token, std::size_t limit);
  std::size_t text_run_end(std::size_t limit, unsigned special) const;
  bool read_markup(HtmlToken& token);
  bool read_declaration(HtmlToken& token);
  bool read_comment(HtmlToken& token);
  bool read_bogus_comment(HtmlToken& token);
  bool read_tag(HtmlToken& token);
  bool read_attributes(HtmlToken& token);
  bool read_attribute(HtmlToken& token);
  bool has_attribute(const HtmlToken& token, std::string_view name, std::uint32_t hash) const;
  bool read_value(Value& value);
  bool read_doctype(HtmlToken& token);
  bool read_doctype_parts(HtmlToken& token);
  bool read_identifier(std::string_view& identifier, bool& has_it);

  std::string_view source_;
  bool switch_by_tag_;
  std::size_t at_ = 0;
  HtmlState state_ = HtmlState::data;
  std::string last_start_tag_;
  std::size_t raw_end_ = 0;  // of the text in a state other than data
  bool raw_end_known_ = false;
  std::vector<std::uint32_t> name_hashes_;  // of the token's attributes
  // What a token's views show where the source does not show it as it stands. A deque does not move its
  // strings; they are used again, with the memory that they have, for the next token.
  std::deque<std::string> strings_;
  std::size_t strings_used_ = 0;
};

// Character references decoded as in an attribute or, if not, as in text (HTML §13.2.5.72).
std::string decode_html_references(std::string_view text, bool in_attribute);

}  // namespace xspamd
