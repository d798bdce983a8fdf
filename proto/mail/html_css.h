// The lexical pieces of CSS (CSS Syntax 3) that styles and style sheets share: comments and escapes, strings,
// blocks, declarations, functions and lengths. Never fails, linear: each step goes on from where the last
// ended.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace xspamd::html {

// Without comments, each a blank. `buffer` holds the copy if there are any.
std::string_view without_comments(std::string_view css, std::string& buffer);
// With escapes (CSS Syntax 3 §4.3.7) replaced, NULs too; valid UTF-8. Only for pieces of syntax: an escaped
// delimiter is none.
std::string unescape_css(std::string_view text);

// Offset of the first of `stop` that stands in no string and no brackets at or after `at`; the size if there
// is none. A "}" or ")" without its beginning counts as any other byte.
std::size_t css_end(std::string_view css, std::size_t at, std::string_view stop);

struct Declaration {
  std::string_view property;  // as written, trimmed
  std::string_view value;     // trimmed, without "!important"
  bool important = false;
};
// Takes the next declaration off a list of them; false at the end. Without a colon the property is empty.
bool take_declaration(std::string_view& list, Declaration& declaration);

// Takes the first piece up to `separator` (a blank: up to white space) outside of strings and brackets off;
// false at the end. Pieces are trimmed; between blanks they are not empty.
bool take_piece(std::string_view& text, char separator, std::string_view& piece);

// The arguments of "name(...)" if that is what stands at the start, without regard to case.
std::optional<std::string_view> arguments_of(std::string_view text, std::string_view name);
// Of url(...), without quotes.
std::optional<std::string_view> url_argument(std::string_view text);

struct Dimension {
  double number = 0;
  std::string_view unit;  // "%" too; empty if there is none
};
std::optional<Dimension> parse_dimension(std::string_view text);
// In CSS pixels; `em` is what one is. Numbers without a unit are pixels, as without a doctype
// (Quirks Mode §3.1). Nothing for percentages other than 0 % and for what is no length.
std::optional<double> parse_pixels(std::string_view text, double em);

}  // namespace xspamd::html
