// The "basic URL parser" (WHATWG URL Standard §4.4) without its state override. Its states are the functions
// of Reader; tabs and line ends are taken out beforehand, so that each may search instead of stepping.
#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/url.h"
#include "proto/mail/url_encode.h"
#include "proto/mail/url_host.h"
#include "proto/mail/url_path.h"

namespace xspamd {

namespace {

struct SpecialScheme {
  std::string_view name;
  std::uint16_t port;
};
constexpr SpecialScheme kSpecialSchemes[] = {{"http", 80}, {"https", 443}, {"ftp", 21},
                                             {"ws", 80},   {"wss", 443},   {"file", 0}};

const SpecialScheme* special_scheme(std::string_view scheme) {
  for (const SpecialScheme& special : kSpecialSchemes) {
    if (special.name == scheme) return &special;
  }
  return nullptr;
}

// Classes of bytes.
constexpr unsigned kScheme = 1;         // may stand in a scheme
constexpr unsigned kAuthorityEnd = 2;   // / ? #
constexpr unsigned kPathEnd = 4;        // ? #
constexpr unsigned kPathCare = 8;       // in a path: not to be taken over as it is
constexpr unsigned kSegmentStart = 16;  // a dot of "." and "..", perhaps encoded
constexpr unsigned kRemoved = 32;       // tab and line ends
constexpr unsigned kControl = 64;

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  const auto add = [&](std::string_view characters, unsigned bits) {
    for (const char c : characters)
      table[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(bits);
  };
  for (std::size_t c = 0; c < table.size(); ++c) {
    if (c < 0x20 || c == 0x7f) table[c] |= kControl;
    if (c < 0x20 || c > 0x7e) table[c] |= kPathCare;
  }
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.", kScheme);
  add("/?#", kAuthorityEnd);
  add("?#", kPathEnd);
  add(" \"<>^`{}\\", kPathCare);
  add(".%", kSegmentStart);
  add("\t\n\r", kRemoved);
  return table;
}

constexpr auto kClasses = make_classes();

unsigned class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}

bool is_alpha(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

bool starts_with_drive(std::string_view text) {
  constexpr std::string_view kEnds = "/\\?#";
  return is_drive(text.substr(0, 2)) && (text.size() == 2 || kEnds.find(text[2]) != std::string_view::npos);
}

class Reader {
 public:
  Reader(std::string_view text, const ParsedUrl* base, ParsedUrl& url)
      : rest_(text), base_(base), url_(url) {}

  bool read();

 private:
  bool take_scheme();
  void set_scheme(std::string scheme);
  bool is_slash(std::size_t at) const {
    return at < rest_.size() && (rest_[at] == '/' || (special_ != nullptr && rest_[at] == '\\'));
  }
  void take(std::size_t length);  // that may hold slashes which are backslashes
  void take_slashes();

  bool after_scheme();
  bool without_scheme();
  bool relative();
  void copy_authority();
  void copy_path();
  void drop_query();
  bool authority();
  void credentials(std::string_view text);
  bool host_and_port(std::string_view text);
  bool port(std::string_view digits);
  bool file();
  bool file_slash();
  bool file_host();
  bool path_start();
  bool path();
  PathKind path_kind() const {
    return file_ ? PathKind::file : special_ ? PathKind::special : PathKind::other;
  }
  bool opaque_path();
  bool query_and_fragment();

  std::string_view rest_;  // what has not been read
  const ParsedUrl* base_;
  ParsedUrl& url_;
  const SpecialScheme* special_ = nullptr;
  bool file_ = false;
};

void Reader::take(std::size_t length) {
  if (special_ && rest_.substr(0, length).find('\\') != std::string_view::npos)
    url_.tricks.add(UrlTrick::backslash);
  rest_.remove_prefix(length);
}

void Reader::take_slashes() {
  std::size_t length = 0;
  while (is_slash(length))
    ++length;
  take(length);
}

void Reader::set_scheme(std::string scheme) {
  url_.scheme = std::move(scheme);
  special_ = special_scheme(url_.scheme);
  file_ = url_.scheme == "file";
}

// Scheme start state and scheme state.
bool Reader::take_scheme() {
  if (rest_.empty() || !is_alpha(rest_.front())) return false;
  std::size_t end = 1;
  while (end < rest_.size() && (class_of(rest_[end]) & kScheme) != 0)
    ++end;
  if (end == rest_.size() || rest_[end] != ':') return false;
  set_scheme(to_lower(rest_.substr(0, end)));
  rest_.remove_prefix(end + 1);
  return true;
}

bool Reader::read() {
  return take_scheme() ? after_scheme() : without_scheme();
}

bool Reader::after_scheme() {
  if (file_) return file();
  if (special_) {
    // Special relative or authority state: "http:x" continues a base of the same scheme.
    if (base_ && base_->scheme == url_.scheme && rest_.substr(0, 2) != "//") return relative();
    take_slashes();
    return authority();
  }
  if (rest_.substr(0, 2) == "//") {
    rest_.remove_prefix(2);
    return authority();
  }
  if (rest_.substr(0, 1) != "/") return opaque_path();
  rest_.remove_prefix(1);
  return path();
}

// No scheme state.
bool Reader::without_scheme() {
  if (!base_) return false;
  set_scheme(base_->scheme);
  if (base_->opaque_path) {
    if (rest_.substr(0, 1) != "#") return false;
    copy_path();
    return query_and_fragment();
  }
  return file_ ? file() : relative();
}

void Reader::copy_authority() {
  url_.user = base_->user;
  url_.password = base_->password;
  url_.host = base_->host;
  url_.port = base_->port;
  url_.has_host = base_->has_host;
  // What was seen in the base holds for its host, wherever the path leads.
  url_.tricks.add(base_->tricks);
}

void Reader::copy_path() {
  url_.path = base_->path;
  url_.opaque_path = base_->opaque_path;
  url_.query = base_->query;
  url_.has_query = base_->has_query;
}

void Reader::drop_query() {
  url_.query.clear();
  url_.has_query = false;
}

// Relative state and relative slash state.
bool Reader::relative() {
  if (is_slash(0)) {
    if (is_slash(1)) {
      if (special_)
        take_slashes();
      else
        take(2);
      return authority();
    }
    copy_authority();
    take(1);
    return path();
  }
  copy_authority();
  copy_path();
  if (rest_.empty() || (class_of(rest_.front()) & kPathEnd) != 0) return query_and_fragment();
  drop_query();
  shorten_path(url_.path, path_kind());
  return path();
}

// Authority state. The last "@" ends the credentials.
bool Reader::authority() {
  std::size_t end = 0;
  std::size_t at_sign = std::string_view::npos;
  while (end < rest_.size() && (class_of(rest_[end]) & kAuthorityEnd) == 0 && !is_slash(end)) {
    if (rest_[end] == '@') at_sign = end;
    ++end;
  }
  std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (at_sign != std::string_view::npos) {
    credentials(text.substr(0, at_sign));
    text.remove_prefix(at_sign + 1);
    if (text.empty()) return false;
  }
  url_.has_host = true;
  return host_and_port(text) && path_start();
}

void Reader::credentials(std::string_view text) {
  url_.tricks.add(UrlTrick::user);
  const std::size_t colon = text.find(':');
  append_encoded(url_.user, text.substr(0, colon), EncodeSet::userinfo);
  if (colon != std::string_view::npos)
    append_encoded(url_.password, text.substr(colon + 1), EncodeSet::userinfo);
}

// Host state.
bool Reader::host_and_port(std::string_view text) {
  std::size_t colon = 0;
  bool brackets = false;
  for (; colon < text.size() && (text[colon] != ':' || brackets); ++colon) {
    if (text[colon] == '[') brackets = true;
    if (text[colon] == ']') brackets = false;
  }
  const std::string_view host = text.substr(0, colon);
  if (host.empty() && (special_ || !text.empty())) return false;
  if (!parse_host(host, special_ != nullptr, url_.host, url_.tricks)) return false;
  return colon == text.size() || port(text.substr(colon + 1));
}

// Port state.
bool Reader::port(std::string_view digits) {
  constexpr unsigned kMost = 65535;
  if (digits.empty()) return true;
  unsigned value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > kMost) return false;
  }
  if (special_ && value == special_->port) return true;
  url_.port = static_cast<std::uint16_t>(value);
  url_.tricks.add(UrlTrick::odd_port);
  return true;
}

// File state.
bool Reader::file() {
  url_.has_host = true;
  if (is_slash(0)) {
    take(1);
    return file_slash();
  }
  if (!base_ || base_->scheme != "file") return path();
  url_.host = base_->host;
  copy_path();
  if (rest_.empty() || (class_of(rest_.front()) & kPathEnd) != 0) return query_and_fragment();
  drop_query();
  if (starts_with_drive(rest_))
    url_.path.clear();
  else
    shorten_path(url_.path, path_kind());
  return path();
}

// File slash state.
bool Reader::file_slash() {
  if (is_slash(0)) {
    take(1);
    return file_host();
  }
  if (base_ && base_->scheme == "file") {
    url_.host = base_->host;
    const std::string_view first = std::string_view(base_->path).substr(0, base_->path.find('/', 1));
    if (!starts_with_drive(rest_) && first.size() == 3 && is_drive(first.substr(1)) && first[2] == ':')
      url_.path = first;
  }
  return path();
}

// File host state.
bool Reader::file_host() {
  std::size_t end = 0;
  while (end < rest_.size() && (class_of(rest_[end]) & kAuthorityEnd) == 0 && !is_slash(end))
    ++end;
  const std::string_view host = rest_.substr(0, end);
  if (is_drive(host)) return path();
  rest_.remove_prefix(end);
  if (!host.empty()) {
    if (!parse_host(host, true, url_.host, url_.tricks)) return false;
    if (url_.host == "localhost") url_.host.clear();
  }
  return path_start();
}

// Path start state.
bool Reader::path_start() {
  if (is_slash(0))
    take(1);
  else if (!special_ && (rest_.empty() || (class_of(rest_.front()) & kPathEnd) != 0))
    return query_and_fragment();
  return path();
}

// Path state; the slash in front has been read.
bool Reader::path() {
  // Most paths have nothing that changes: they are taken over as a whole.
  unsigned seen = 0;
  unsigned before = '/';
  std::size_t end = 0;
  for (; end < rest_.size() && (class_of(rest_[end]) & kPathEnd) == 0; ++end) {
    const unsigned found = class_of(rest_[end]);
    seen |= found & kPathCare;
    if (before == '/' && (found & kSegmentStart) != 0) seen |= kPathCare;
    before = static_cast<unsigned char>(rest_[end]);
  }
  const std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end);
  if (seen == 0 && !file_)
    (url_.path += '/').append(text);
  else
    append_segments(url_.path, text, path_kind());
  if (special_ && (seen & kPathCare) != 0 && text.find('\\') != std::string_view::npos)
    url_.tricks.add(UrlTrick::backslash);
  return query_and_fragment();
}

// Opaque path state.
bool Reader::opaque_path() {
  std::size_t end = 0;
  while (end < rest_.size() && (class_of(rest_[end]) & kPathEnd) == 0)
    ++end;
  std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end);
  url_.opaque_path = true;
  // A blank right before the query or the fragment would be lost with them.
  const bool blank = !rest_.empty() && text.ends_with(' ');
  if (blank) text.remove_suffix(1);
  append_encoded(url_.path, text, EncodeSet::c0_control);
  if (blank) url_.path += "%20";
  return query_and_fragment();
}

// Query state and fragment state; one of the two comes next, or the end.
bool Reader::query_and_fragment() {
  const std::size_t hash = std::min(rest_.find('#'), rest_.size());
  if (rest_.starts_with('?')) {
    url_.has_query = true;
    url_.query.clear();
    append_encoded(url_.query, rest_.substr(1, hash - 1),
                   special_ ? EncodeSet::special_query : EncodeSet::query);
  }
  if (hash == rest_.size()) return true;
  url_.has_fragment = true;
  append_encoded(url_.fragment, rest_.substr(hash + 1), EncodeSet::fragment);
  return true;
}

std::string_view trim_controls(std::string_view text) {
  const auto trimmed = [](char c) {
    return static_cast<unsigned char>(c) <= ' ';
  };
  while (!text.empty() && trimmed(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && trimmed(text.back()))
    text.remove_suffix(1);
  return text;
}

std::string without_removed(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  for (const char c : text) {
    if ((class_of(c) & kRemoved) == 0) kept += c;
  }
  return kept;
}

}  // namespace

std::optional<ParsedUrl> parse_url(std::string_view text, const ParsedUrl* base) {
  text = trim_controls(text);
  unsigned seen = 0;
  for (const char c : text)
    seen |= class_of(c);
  std::string kept;
  if ((seen & kRemoved) != 0) {
    kept = without_removed(text);
    text = kept;
  }
  std::optional<ParsedUrl> url(std::in_place);
  if ((seen & kControl) != 0) url->tricks.add(UrlTrick::control);
  if (!Reader(text, base, *url).read()) url.reset();
  return url;
}

}  // namespace xspamd
