#include "rules/auth/spf_macro.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "proto/base/text.h"
#include "rules/auth/spf_identity.h"

namespace xspamd::auth {

namespace {

constexpr std::string_view kLetters = "slodiphcrtv";
constexpr std::string_view kOnlyExplaining = "crt";  // §7.2
constexpr std::string_view kDelimiters = ".-+,/_=";  // §7.1
constexpr std::size_t kMostName = 253;               // §7.3
constexpr std::size_t kMostExplanation = 1'000;

// A stretch of a macro-string: plain text, or a macro.
struct Piece {
  std::string_view text;  // of what is no macro, "%%", "%_" and "%-" read already
  char letter = 0;        // in lower case; 0: no macro
  bool escape = false;    // written in upper case
  bool reverse = false;   // r
  std::size_t parts = 0;  // how many are taken from the right; 0: all
  std::string_view delimiters = ".";
};

bool is_among(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// §7.1: the inside of "%{...}".
std::optional<Piece> read_macro(std::string_view inside) {
  if (inside.empty()) return std::nullopt;
  Piece piece;
  piece.letter = to_lower(inside.front());
  piece.escape = piece.letter != inside.front();
  if (!is_among(piece.letter, kLetters)) return std::nullopt;
  inside.remove_prefix(1);
  const bool counted = !inside.empty() && is_digit(inside.front());
  while (!inside.empty() && is_digit(inside.front())) {
    constexpr std::size_t kPlenty = 1'000;  // §7.3: at least 127; no value has more parts than that
    piece.parts = std::min(piece.parts * 10 + static_cast<std::size_t>(inside.front() - '0'), kPlenty);
    inside.remove_prefix(1);
  }
  if (counted && piece.parts == 0) return std::nullopt;  // §7.3: must be nonzero
  if (!inside.empty() && to_lower(inside.front()) == 'r') {
    piece.reverse = true;
    inside.remove_prefix(1);
  }
  if (inside.find_first_not_of(kDelimiters) != std::string_view::npos) return std::nullopt;
  if (!inside.empty()) piece.delimiters = inside;
  return piece;
}

// What "%" begins; it is taken off.
std::optional<Piece> take_expansion(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  std::string_view stands_for;
  switch (text[1]) {
    case '%':
      stands_for = "%";
      break;
    case '_':
      stands_for = " ";
      break;
    case '-':
      stands_for = "%20";
      break;
    case '{': {
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos) return std::nullopt;
      auto piece = read_macro(text.substr(2, close - 2));
      text.remove_prefix(close + 1);
      return piece;
    }
    default:
      return std::nullopt;
  }
  text.remove_prefix(2);
  return Piece{.text = stands_for};
}

// The first piece of `text`, which is not empty, is taken off; nothing if there is none.
std::optional<Piece> take_piece(std::string_view& text) {
  if (text.front() == '%') return take_expansion(text);
  const std::string_view literal = text.substr(0, text.find('%'));
  text.remove_prefix(literal.size());
  return Piece{.text = literal};
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 40;
  return quoted(cut_utf8(text, kMost));
}

bool is_printable(std::string_view text, char least) {
  return std::all_of(text.begin(), text.end(), [least](char c) { return c >= least && c <= '~'; });
}

// `without`: letters that have no meaning here.
Result<void> check_pieces(std::string_view text, std::string_view without) {
  if (!is_printable(text, '!'))
    return fail(Errc::invalid, fmt::format("{} is not printable ASCII", shown(text)));
  while (!text.empty()) {
    const std::string_view rest = text;
    const auto piece = take_piece(text);
    if (piece && (piece->letter == 0 || !is_among(piece->letter, without))) continue;
    const std::size_t taken = rest.size() - text.size();
    return fail(Errc::invalid,
                fmt::format("{} is no macro", shown(rest.substr(0, taken > 0 ? taken : rest.size()))));
  }
  return {};
}

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// §7.1: letters, digits and hyphens, not only digits, a hyphen neither first nor last.
bool is_top_label(std::string_view label) {
  if (label.empty() || label.starts_with('-') || label.ends_with('-')) return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }) &&
         std::any_of(label.begin(), label.end(), [](char c) { return !is_digit(c); });
}

// §7.1, domain-end: a macro, or a dot and a top label; a final dot may follow.
bool ends_a_domain(std::string_view text) {
  std::string_view end;
  bool by_macro = false;
  while (!text.empty()) {
    by_macro = text.front() == '%';
    const std::string_view before = text;
    if (!take_piece(text)) return false;
    end = before;
  }
  if (by_macro) return true;
  if (end.ends_with('.')) end.remove_suffix(1);
  const std::size_t dot = end.rfind('.');
  return dot != std::string_view::npos && is_top_label(end.substr(dot + 1));
}

// §7.3: IPv6 as 32 hex digits, so that the macro "ir" makes the name of the reverse tree.
std::string dotted(const IpAddress& address) {
  if (address.is_v4()) return address.to_string();
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : address.bytes()) {
    if (!text.empty()) text += '.';
    text += kDigits[byte >> 4];
    text += '.';
    text += kDigits[byte & 0x0f];
  }
  return text;
}

std::string value_of(char letter, const SpfMacros& macros) {
  switch (letter) {
    case 's':
      return fmt::format("{}@{}", macros.local, macros.sender_domain);
    case 'l':
      return macros.local;
    case 'o':
      return macros.sender_domain;
    case 'd':
      return macros.domain;
    case 'i':
      return dotted(macros.client);
    case 'p':
      return macros.validated;
    case 'v':
      return macros.client.is_v4() ? "in-addr" : "ip6";
    case 'h':
      return macros.helo;
    case 'c':
      return macros.client.to_string();
    case 'r':
      return macros.receiver;
    default:
      return std::to_string(macros.now.time_since_epoch().count());  // t
  }
}

// §7.3: split, reversed, the parts on the right, joined by dots.
std::string transform(const Piece& piece, std::string value) {
  if (piece.parts == 0 && !piece.reverse && piece.delimiters == ".") return value;
  std::vector<std::string_view> parts;
  std::string_view rest = value;
  for (;;) {
    const std::size_t end = rest.find_first_of(piece.delimiters);
    parts.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (piece.reverse) std::reverse(parts.begin(), parts.end());
  const std::size_t left_out = piece.parts > 0 && piece.parts < parts.size() ? parts.size() - piece.parts : 0;
  return fmt::format("{}",
                     fmt::join(parts.begin() + static_cast<std::ptrdiff_t>(left_out), parts.end(), "."));
}

// §7.3: all but the unreserved characters of RFC 3986 §2.3.
std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || is_among(c, "-._~")) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string expanded(const Piece& piece, const SpfMacros& macros) {
  if (piece.letter == 0) return std::string(piece.text);
  std::string value = transform(piece, value_of(piece.letter, macros));
  return piece.escape ? percent_encoded(value) : value;
}

// The end of what the spec stands for: all, or enough to see where 253 bytes begin.
std::string expanded_end(std::string_view spec, const SpfMacros& macros) {
  std::vector<Piece> pieces;
  while (!spec.empty()) {
    const auto piece = take_piece(spec);
    if (!piece) return {};
    pieces.push_back(*piece);
  }
  constexpr std::size_t kEnough = kMostName + 2;  // a dot in front and one behind
  std::vector<std::string> parts;
  std::size_t length = 0;
  for (auto piece = pieces.rbegin(); piece != pieces.rend() && length < kEnough; ++piece) {
    parts.push_back(expanded(*piece, macros));
    length += parts.back().size();
  }
  return fmt::format("{}", fmt::join(parts.rbegin(), parts.rend(), ""));
}

}  // namespace

Result<void> check_macro_string(std::string_view text) {
  return check_pieces(text, {});
}

Result<void> check_domain_spec(std::string_view text) {
  if (auto checked = check_pieces(text, kOnlyExplaining); !checked) return checked;
  if (!ends_a_domain(text)) return fail(Errc::invalid, fmt::format("{} is no domain", shown(text)));
  return {};
}

bool uses_validated_name(std::string_view text) {
  while (!text.empty()) {
    const auto piece = take_piece(text);
    if (!piece) return false;
    if (piece->letter == 'p') return true;
  }
  return false;
}

std::string expand_domain(std::string_view spec, const SpfMacros& macros) {
  const bool plain = spec.find('%') == std::string_view::npos;
  std::string name = to_lower(plain ? std::string(spec) : expanded_end(spec, macros));
  if (name.ends_with('.')) name.pop_back();
  if (name.size() > kMostName) {
    const std::size_t dot = name.find('.', name.size() - kMostName - 1);
    name.erase(0, dot == std::string::npos ? dot : dot + 1);
  }
  if (!is_complete_name(name)) name.clear();
  return name;
}

std::optional<std::string> expand_explanation(std::string_view text, const SpfMacros& macros) {
  if (!is_printable(text, ' ')) return std::nullopt;
  std::string explanation;
  while (!text.empty()) {
    const auto piece = take_piece(text);
    if (!piece) return std::nullopt;
    if (explanation.size() < kMostExplanation) explanation += expanded(*piece, macros);
  }
  explanation.resize(std::min(explanation.size(), kMostExplanation));
  return is_printable(explanation, ' ') ? std::optional(explanation) : std::nullopt;
}

}  // namespace xspamd::auth
