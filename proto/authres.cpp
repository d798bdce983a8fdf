#include "proto/authres.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

constexpr std::size_t kMost = 100;         // results, and properties of each
constexpr std::size_t kLongestText = 400;  // quoted it still fits on a line (RFC 5322 §2.1.1)
constexpr std::size_t kLongestName = 64;

bool is_keyword_byte(char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '_';
}

// RFC 8601 §2.2 Keyword. Underscores are no part of it and common; so are dots in names of properties.
bool is_keyword(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::all_of(text.begin(), text.end(), is_keyword_byte);
}

bool is_property_name(std::string_view text) {
  const auto fits = [](char c) {
    return is_keyword_byte(c) || c == '.';
  };
  return !text.empty() && text.size() <= kLongestName && text.front() != '.' && text.back() != '.' &&
         std::all_of(text.begin(), text.end(), fits);
}

// On one line, without controls and blanks at its ends.
std::string clean(std::string_view raw) {
  std::string text = mail::header_text(raw);
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return std::string(trim(cut_utf8(trim(text), kLongestText)));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<AuthenticationResults> read();

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char next() const { return at_end() ? ';' : text_[at_]; }
  bool accept(char c);
  std::string_view skip_space();
  std::string_view take_name();
  std::string take_text();
  std::string take_property_name();
  bool is_name_before_equals();
  void skip_instance();
  void read_server(AuthenticationResults& results);
  std::optional<AuthResult> read_result();
  void read_properties(AuthResult& result);
  void skip_piece();

  std::string_view text_;
  std::size_t at_ = 0;
  bool comments_ = true;  // false after one without end: it is then an ordinary character
  bool quotes_ = true;
};

// CFWS. Returns the first comment, without its parentheses.
std::string_view Reader::skip_space() {
  std::string_view first;
  while (!at_end()) {
    if (is_space(text_[at_])) {
      ++at_;
      continue;
    }
    const std::size_t length = text_[at_] == '(' && comments_ ? mail::comment_length(text_.substr(at_)) : 0;
    if (text_[at_] == '(' && length == 0) comments_ = false;
    if (length == 0) break;
    if (first.empty()) first = text_.substr(at_ + 1, length - 2);
    at_ += length;
  }
  return first;
}

bool Reader::accept(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

// Bytes of names; what follows stays.
std::string_view Reader::take_name() {
  const std::size_t begin = at_;
  while (!at_end() && (is_keyword_byte(text_[at_]) || text_[at_] == '.'))
    ++at_;
  return text_.substr(begin, at_ - begin);
}

// A quoted string or all up to a blank, comment or semicolon, in which a quoted local part may stand.
std::string Reader::take_text() {
  const std::size_t begin = at_;
  while (!at_end() && !is_space(text_[at_]) && text_[at_] != ';' && !(text_[at_] == '(' && comments_)) {
    std::size_t length = 0;
    if (text_[at_] == '"' && quotes_) {
      length = mail::quoted_length(text_.substr(at_));
      quotes_ = length > 0;
    }
    at_ += std::max<std::size_t>(length, 1);
  }
  const std::string_view raw = text_.substr(begin, at_ - begin);
  const bool whole = raw.size() > 1 && raw.front() == '"' && mail::quoted_length(raw) == raw.size();
  return clean(whole ? mail::unescape(raw.substr(1, raw.size() - 2)) : std::string(raw));
}

void Reader::skip_piece() {
  while (!at_end() && text_[at_] != ';') {
    skip_space();
    if (next() != ';') take_text();
  }
}

// Whether a name with "=" behind it stands here: the value before it was left out ("smtp.mailfrom=
// header.d=x").
bool Reader::is_name_before_equals() {
  const std::size_t begin = at_;
  const bool named = !take_name().empty() && next() == '=';
  at_ = begin;
  return named;
}

// RFC 8617 §4.1.1: the instance stands before the authserv-id.
void Reader::skip_instance() {
  skip_space();
  const std::size_t begin = at_;
  const bool named = iequals(take_name(), "i");
  skip_space();
  if (named && accept('=')) {
    skip_space();
    take_name();
    skip_space();
    if (accept(';')) return;
  }
  at_ = begin;
}

// authserv-id [version]; nothing is taken where a result stands instead.
void Reader::read_server(AuthenticationResults& results) {
  skip_space();
  const std::size_t begin = at_;
  const std::string_view name = take_name();
  skip_space();
  const bool result = is_keyword(name) && next() == '=';
  at_ = begin;
  if (result) return;
  results.server = take_text();
  skip_space();
  const std::size_t version = at_;
  while (!at_end() && is_digit(text_[at_]))
    ++at_;
  if (!results.server.empty()) results.version = text_.substr(version, std::min(at_ - version, kLongestName));
  skip_piece();
}

// method[/version]=result [reason=text] properties; nothing for "none" and for what is no result.
std::optional<AuthResult> Reader::read_result() {
  AuthResult result;
  skip_space();
  result.method = to_lower(take_name());
  skip_space();
  if (accept('/')) {
    skip_space();
    take_name();
    skip_space();
  }
  if (!is_keyword(result.method) || result.method == "i" || !accept('=')) return std::nullopt;
  skip_space();
  result.result = to_lower(take_name());
  if (!is_keyword(result.result)) return std::nullopt;
  result.comment = clean(mail::unescape(skip_space()));
  read_properties(result);
  return result;
}

// The name of a property: with its type, blanks and comments around the dot taken out.
std::string Reader::take_property_name() {
  std::string name = to_lower(take_name());
  skip_space();
  if (name.empty() || !accept('.')) return name;
  skip_space();
  name += '.' + to_lower(take_name());
  skip_space();
  return name;
}

void Reader::read_properties(AuthResult& result) {
  while (next() != ';') {
    const std::string name = take_property_name();
    if (!accept('=')) {
      if (name.empty()) take_text();
      skip_space();
      continue;
    }
    const std::size_t behind = at_;
    skip_space();
    const bool absent = next() == ';' || (at_ > behind && is_name_before_equals());
    std::string value = absent ? std::string() : take_text();
    const std::string_view comment = skip_space();
    if (name == "reason") {
      if (!result.reason.empty()) continue;
      result.reason = std::move(value);
      if (result.comment.empty() && result.properties.empty())
        result.comment = clean(mail::unescape(comment));
    } else if (is_property_name(name) && result.properties.size() < kMost) {
      const std::size_t dot = name.find('.');
      const bool typed = dot != std::string::npos;
      result.properties.push_back(
          {typed ? name.substr(0, dot) : "", typed ? name.substr(dot + 1) : name, std::move(value)});
    }
  }
}

std::optional<AuthenticationResults> Reader::read() {
  AuthenticationResults results;
  skip_instance();
  read_server(results);
  while (!at_end() && results.results.size() < kMost) {
    accept(';');
    if (std::optional<AuthResult> result = read_result()) results.results.push_back(std::move(*result));
    skip_piece();
  }
  if (results.server.empty() && results.results.empty()) return std::nullopt;
  return results;
}

// RFC 8601 §2.2 pvalue: a token (RFC 2045 §5.1), a domain, or an address without quotes in it.
bool is_plain(std::string_view value) {
  static constexpr std::string_view kSigns = "!#$%&'*+-.^_`{|}~@";
  const auto fits = [](char c) {
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') || kSigns.find(c) != std::string_view::npos;
  };
  return !value.empty() && std::all_of(value.begin(), value.end(), fits) &&
         std::count(value.begin(), value.end(), '@') <= 1 && !value.ends_with('@');
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::string value_text(std::string_view raw) {
  std::string value = clean(raw);
  return is_plain(value) ? value : '"' + escaped(value, "\"\\") + '"';
}

class Writer {
 public:
  void begin_line() {
    text_ += "\n\t";
    column_ = 1;
  }
  // With a blank or, where the line would get too long, a fold before it.
  void add(std::string_view piece) {
    constexpr std::size_t kLongestLine = 990;
    if (column_ + 1 + piece.size() > kLongestLine) begin_line();
    if (column_ > 1) text_ += ' ';
    text_ += piece;
    column_ += 1 + piece.size();
  }
  void end_piece() { text_ += ';'; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::size_t column_ = 0;
};

void write_result(const AuthResult& result, Writer& writer) {
  writer.add(to_lower(result.method) + '=' + to_lower(result.result));
  const std::string comment = clean(result.comment);
  if (!comment.empty()) writer.add('(' + escaped(comment, "()\\") + ')');
  if (!clean(result.reason).empty()) writer.add("reason=" + value_text(result.reason));
  std::size_t count = 0;
  for (const AuthProperty& property : result.properties) {
    const std::string name =
        to_lower(property.type.empty() ? property.name : property.type + '.' + property.name);
    if (is_property_name(name) && name != "reason" && ++count <= kMost)
      writer.add(name + '=' + value_text(property.value));
  }
}

bool can_be_written(const AuthResult& result) {
  return is_keyword(result.method) && !iequals(result.method, "i") && is_keyword(result.result);
}

}  // namespace

std::optional<AuthenticationResults> parse_authentication_results(std::string_view unfolded) {
  return Reader(unfolded).read();
}

std::string format_authentication_results(const AuthenticationResults& results) {
  Writer writer;
  const std::string server = clean(results.server);
  if (!server.empty()) writer.add(value_text(server));
  const std::string& version = results.version;
  const bool number = version.size() <= kLongestName && std::all_of(version.begin(), version.end(), is_digit);
  if (!server.empty() && !version.empty() && number) writer.add(version);
  std::size_t count = 0;
  for (const AuthResult& result : results.results) {
    if (!can_be_written(result) || count == kMost) continue;
    if (!server.empty() || count > 0) {
      writer.end_piece();
      writer.begin_line();
    }
    write_result(result, writer);
    ++count;
  }
  if (count > 0) return writer.take();
  return server.empty() ? std::string() : writer.take() + "; none";
}

}  // namespace xspamd
