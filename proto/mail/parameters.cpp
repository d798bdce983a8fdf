#include "proto/mail/parameters.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/lexical.h"

namespace xspamd::mail {

namespace {

constexpr std::size_t kLongestField = 64 * 1024;
constexpr std::size_t kMostPieces = 1000;
constexpr std::size_t kPlain = 0;  // the section of a value that is whole and in no charset

// A parameter as it is written: one value, or a section of one (RFC 2231 §3).
struct Piece {
  std::string name;
  std::size_t section = kPlain;  // 1 for "name*0" and for "name*"
  bool extended = false;         // ends in a star: charset and percent signs (RFC 2231 §4)
  std::string value;             // without quotes
};

// What stands for itself in any charset: that is nearly all, and worth the shorter way.
bool is_plain(std::string_view text) {
  bool plain = true;
  for (const char c : text)
    plain &= c >= ' ' && c < 0x7f;
  return plain && text.find("=?") == std::string_view::npos;
}

// Reads the field from front to back. Line ends count as blanks (RFC 5322 §2.2.3).
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::string read_value();
  // False when what stood there is no parameter; something was read in either case.
  bool read_piece(Piece& piece);

 private:
  char peek() const { return text_[at_]; }
  void skip_blanks();
  void skip_to_semicolon();
  bool is_parameter_ahead() const;
  std::string_view read_name();
  std::string read_quoted();
  std::string read_unquoted(bool with_blanks);

  std::string_view text_;
  std::size_t at_ = 0;
  bool comments_end_ = true;
  bool quotes_end_ = true;
};

// And the comments among them.
void FieldReader::skip_blanks() {
  while (!at_end()) {
    if (is_space(peek())) {
      ++at_;
      continue;
    }
    const std::size_t comment = peek() == '(' && comments_end_ ? comment_length(text_.substr(at_)) : 0;
    if (comment == 0) {
      comments_end_ = comments_end_ && peek() != '(';
      return;
    }
    at_ += comment;
  }
}

void FieldReader::skip_to_semicolon() {
  while (!at_end() && peek() != ';')
    ++at_;
}

// Whether a word and "=" follow: where a ";" was forgotten. "==?" is no parameter but an encoded word.
bool FieldReader::is_parameter_ahead() const {
  const std::size_t name_end = text_.find_first_of("=; \t\r\n\"()", at_);
  if (name_end == std::string_view::npos || name_end == at_) return false;
  const std::size_t equals = text_.find_first_not_of(" \t\r\n", name_end);
  return equals != std::string_view::npos && text_[equals] == '=';
}

std::string FieldReader::read_value() {
  std::string value;
  for (skip_blanks(); !at_end() && peek() != ';' && peek() != ','; skip_blanks()) {
    const bool starts_word = at_ > 0 && !value.empty() && is_space(text_[at_ - 1]);
    if (starts_word && is_parameter_ahead()) break;
    const std::size_t begin = at_;
    do
      ++at_;
    while (!at_end() && peek() != ';' && peek() != ',' && !is_space(peek()) && peek() != '(');
    value += text_.substr(begin, at_ - begin);
  }
  value.erase(std::remove(value.begin(), value.end(), '"'), value.end());
  return header_text(to_lower(value));
}

std::string_view FieldReader::read_name() {
  const std::size_t begin = at_;
  while (!at_end() && peek() != ';' && peek() != '=')
    ++at_;
  const std::string_view name = trim(text_.substr(begin, at_ - begin));
  // A word without "=" in front of it is none of its own.
  const std::size_t blank =
      name.find('*') == std::string_view::npos ? name.find_last_of(" \t\r\n") : name.npos;
  return blank == name.npos ? name : name.substr(blank + 1);
}

// RFC 2045 §5.1 with the quoted strings of RFC 5322 §3.2.4; folding goes, its blanks stay.
std::string FieldReader::read_quoted() {
  const std::string_view rest = text_.substr(at_);
  std::size_t length = quotes_end_ ? quoted_length(rest) : 0;
  std::string_view content;
  if (length > 0) {
    content = rest.substr(1, length - 2);
  } else {
    // Without its end the string would swallow the parameters behind it.
    quotes_end_ = false;
    length = std::min(rest.find(';'), rest.size());
    content = rest.substr(1, length - 1);
  }
  at_ += length;
  std::string value;
  value.reserve(content.size());
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\\' && i + 1 < content.size()) ++i;
    if (content[i] != '\r' && content[i] != '\n') value += content[i];
  }
  return value;
}

std::string FieldReader::read_unquoted(bool with_blanks) {
  std::string value;
  while (!at_end() && peek() != ';') {
    const std::size_t begin = at_;
    while (!at_end() && peek() != ';' && !is_space(peek()))
      ++at_;
    value += text_.substr(begin, at_ - begin);
    if (!with_blanks) break;
    while (!at_end() && is_space(peek()))
      ++at_;
    if (at_end() || peek() == ';' || (!text_.substr(at_).starts_with("=?") && is_parameter_ahead())) {
      break;
    }
    value += ' ';
  }
  while (value.ends_with(','))  // for ";"
    value.pop_back();
  return value;
}

// RFC 2231 §3, §4.1: "name", "name*", "name*0", "name*0*". Anything else between the stars is not looked at.
void split_name(std::string_view written, Piece& piece) {
  while (written.starts_with('*') || written.starts_with(' '))
    written.remove_prefix(1);
  const std::size_t star = written.find('*');
  piece.name = to_lower(trim(written.substr(0, star)));
  if (!is_plain(piece.name)) piece.name = header_text(piece.name);
  if (star == std::string_view::npos) return;
  piece.extended = written.ends_with('*');
  const std::string_view number = trim(written.substr(star + 1));
  std::uint32_t section = 0;
  std::from_chars(number.data(), number.data() + number.size(), section);
  piece.section = std::size_t{section} + 1;
}

bool FieldReader::read_piece(Piece& piece) {
  while (!at_end() && (peek() == ';' || peek() == ',' || is_space(peek())))
    ++at_;
  skip_blanks();
  const std::string_view name = read_name();
  if (at_end() || peek() != '=') return false;
  ++at_;
  skip_blanks();
  split_name(name, piece);
  if (!at_end() && peek() == '"') {
    piece.value = read_quoted();
    skip_blanks();
    if (!is_parameter_ahead()) skip_to_semicolon();
  } else {
    piece.value = read_unquoted(piece.name == "name" || piece.name == "filename");
    skip_blanks();
    if (!is_parameter_ahead()) skip_to_semicolon();
  }
  return !piece.name.empty() && !piece.value.empty();
}

void append_percent_decoded(std::string_view text, std::string& bytes) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && text.size() - i >= 3;
    const int high = escape ? hex_value(text[i + 1]) : -1;
    const int low = escape ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      bytes += text[i];
      continue;
    }
    bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
}

// Takes "charset'language'" off; encoders that put it, or the charset alone, before each section exist.
std::string_view take_charset(std::string_view text, bool first, std::string_view& charset) {
  const std::size_t quote = text.find('\'');
  if (quote == std::string_view::npos) return text;
  if (!first && (charset.empty() || text.substr(0, quote) != charset)) return text;
  const std::size_t second = text.find('\'', quote + 1);
  if (first && second == std::string_view::npos) return text;
  const std::string_view language = text.substr(0, second).substr(quote + 1);
  charset = text.substr(0, quote);
  constexpr std::size_t kLongestLanguage = 35;
  const bool is_language = second != std::string_view::npos && language.size() <= kLongestLanguage &&
                           language.find_first_of("% (") == std::string_view::npos;
  return text.substr((first || is_language ? second : quote) + 1);
}

std::string text_of(const std::string& bytes, Charsets& charsets) {
  return is_plain(bytes) ? bytes : decode_words(bytes, charsets);
}

// Pieces of one name, sorted by section.
using Pieces = std::span<const Piece* const>;

// Sections are joined before they are converted: encoders cut inside characters.
void join_sections(Pieces sections, Parameter& parameter, Charsets& charsets) {
  std::string_view charset;
  bool extended = false;
  std::size_t last = kPlain;
  for (const Piece* piece : sections) {
    if (piece->section == last) continue;  // RFC 2231 numbers each section once: the first one counts
    last = piece->section;
    if (!piece->extended) {
      parameter.bytes += piece->value;
      continue;
    }
    append_percent_decoded(take_charset(piece->value, !extended, charset), parameter.bytes);
    extended = true;
  }
  parameter.value =
      extended ? header_text(charsets.to_utf8(parameter.bytes, charset)) : text_of(parameter.bytes, charsets);
}

// Plain pieces come first and count last.
Parameter parameter_of(Pieces pieces, Charsets& charsets) {
  Parameter parameter;
  parameter.name = pieces.front()->name;
  const auto sections =
      std::find_if(pieces.begin(), pieces.end(), [](const Piece* piece) { return piece->section != kPlain; });
  if (sections != pieces.end()) {
    join_sections({sections, pieces.end()}, parameter, charsets);
  } else {
    parameter.bytes = pieces.front()->value;
    parameter.value = text_of(parameter.bytes, charsets);
  }
  return parameter;
}

// Puts pieces of one name together; the names in the order in which they appear first.
std::vector<Parameter> join(const std::vector<Piece>& pieces, Charsets& charsets) {
  std::vector<const Piece*> sorted;
  for (const Piece& piece : pieces)
    sorted.push_back(&piece);
  // Those of one section stay in their order, which is that of their addresses.
  std::sort(sorted.begin(), sorted.end(), [](const Piece* a, const Piece* b) {
    const int names = a->name.compare(b->name);
    return names != 0 ? names < 0 : a->section != b->section ? a->section < b->section : a < b;
  });
  struct Named {
    const Piece* first;
    Pieces pieces;
  };
  std::vector<Named> names;
  for (auto begin = sorted.begin(), end = begin; begin != sorted.end(); begin = end) {
    end =
        std::find_if(begin, sorted.end(), [&](const Piece* piece) { return piece->name != (*begin)->name; });
    names.push_back({*std::min_element(begin, end), {begin, end}});
  }
  std::sort(names.begin(), names.end(), [](const Named& a, const Named& b) { return a.first < b.first; });
  std::vector<Parameter> parameters;
  for (const Named& named : names)
    parameters.push_back(parameter_of(named.pieces, charsets));
  return parameters;
}

}  // namespace

const std::string* ContentField::find(std::string_view name) const {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

ContentField parse_content_field(std::string_view raw, Charsets& charsets) {
  FieldReader reader(raw.substr(0, kLongestField));
  ContentField field;
  field.value = reader.read_value();
  std::vector<Piece> pieces;
  while (!reader.at_end() && pieces.size() < kMostPieces) {
    Piece piece;
    if (reader.read_piece(piece)) pieces.push_back(std::move(piece));
  }
  field.parameters = join(pieces, charsets);
  return field;
}

}  // namespace xspamd::mail
