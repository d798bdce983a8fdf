#include "proto/mail/url_text_host.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>

#include "proto/base/text.h"
#include "proto/mail/url.h"
#include "proto/mail/url_characters.h"

namespace xspamd::urls {

namespace {

constexpr std::size_t kMostBytes = 1024;  // of a name: RFC 1035 §2.3.4 says 255, other spellings take more
constexpr int kMostWeak = 4;              // separators of a host that are also ordinary text

// Generic domains that are written with a capital as part of a name ("Amazon.Com").
constexpr std::string_view kOldest[] = {"com", "net", "org", "edu", "gov", "mil", "info", "biz"};

struct Separator {
  std::size_t length = 0;
  bool weak = false;  // it may be ordinary text as well
  bool obfuscated = false;
};

// The ways of writing a dot that only count where a host is sure to be meant.
constexpr std::string_view kSpelled[] = {" dot ", " . ", " ."};

Separator spelled_at(std::string_view text, std::size_t at) {
  for (const std::string_view spelled : kSpelled) {
    if (istarts_with(text.substr(at), spelled)) return {spelled.size(), true, true};
  }
  return {};
}

Separator separator_at(std::string_view text, std::size_t at, Sureness sureness) {
  const char c = text[at];
  if (c == '.') return {1};
  if (c == ' ' || c == '[' || c == '(' || c == '{') {
    if (const std::size_t length = bracketed_length(text, at, "dot", '.')) return {length, false, true};
    return c == ' ' && sureness >= Sureness::www ? spelled_at(text, at) : Separator{};
  }
  if (is_ascii(c)) return {};
  const Character character = character_at(text, at);
  if (character.kind == Kind::wide_dot) return {character.length};
  if (character.kind == Kind::ideographic_dot && sureness == Sureness::scheme)
    return {character.length, true};
  return {};
}

bool is_escape(std::string_view text, std::size_t at) {
  return text.size() - at >= 3 && text[at] == '%' && has(text[at + 1], kAlnum) && has(text[at + 2], kAlnum);
}

std::size_t label_end(std::string_view text, std::size_t at, Sureness sureness) {
  while (at < text.size()) {
    if (has(text[at], kLabel)) {
      ++at;
    } else if (sureness == Sureness::scheme && is_escape(text, at)) {
      at += 3;
    } else if (const std::size_t length = is_ascii(text[at]) ? 0 : label_length(text, at)) {
      at += length;
    } else {
      break;
    }
  }
  return at;
}

bool is_lower(std::string_view label) {
  return std::all_of(label.begin(), label.end(), [](char c) { return to_lower(c) == c; });
}

// Builds a host and takes off its end what does not belong to it.
class HostReader {
 public:
  HostReader(std::string_view text, Sureness sureness, TopLevels& levels, Host& host)
      : text_(text), sureness_(sureness), levels_(levels), host_(host) {}

  void read(std::size_t begin);

 private:
  bool may_follow(const Separator& separator, int weak) const;
  void append(const Separator& separator, std::size_t end);
  void shorten(std::size_t bytes);
  void cut_marks();
  void cut_scheme();
  void cut_sentence();
  bool cut_unspaced();
  void settle();

  std::string_view text_;
  Sureness sureness_;
  TopLevels& levels_;
  Host& host_;
  std::size_t last_separator_ = 0;
  // Before the first weak separator.
  std::size_t weak_end_ = 0, weak_size_ = 0;
};

bool HostReader::may_follow(const Separator& separator, int weak) const {
  if (!separator.weak) return true;
  return weak < kMostWeak && !(host_.has_dot() && levels_.known(host_.last_label()));
}

void HostReader::append(const Separator& separator, std::size_t end) {
  const std::size_t label = host_.end + separator.length;
  const bool plain = separator.length == 1;
  if (!plain && host_.rewritten.empty()) host_.rewritten = host_.name;
  if (!host_.rewritten.empty()) {
    host_.rewritten += '.';
    host_.rewritten += text_.substr(label, end - label);
    host_.name = host_.rewritten;
  } else {
    host_.name = text_.substr(host_.begin, end - host_.begin);
  }
  host_.obfuscated = host_.obfuscated || separator.obfuscated;
  host_.foreign_dot = host_.foreign_dot || !(plain || separator.obfuscated);
  host_.end = end;
  last_separator_ = separator.length;
}

void HostReader::read(std::size_t begin) {
  host_.begin = begin;
  host_.end = label_end(text_, begin, sureness_);
  host_.name = text_.substr(begin, host_.end - begin);
  int weak = 0;
  while (host_.end > begin && host_.end < text_.size()) {
    const Separator separator = separator_at(text_, host_.end, sureness_);
    if (separator.length == 0 || !may_follow(separator, weak)) break;
    const std::size_t label = host_.end + separator.length;
    const std::size_t end = label_end(text_, label, sureness_);
    if (end == label) break;
    if (separator.weak && ++weak == 1) {
      weak_end_ = host_.end;
      weak_size_ = host_.name.size();
    }
    append(separator, end);
  }
  host_.run_end = weak > 0 ? weak_end_ : host_.end;
  settle();
}

// Takes bytes off the last label.
void HostReader::shorten(std::size_t bytes) {
  host_.name.remove_suffix(bytes);
  host_.end -= bytes;
}

// Hyphens of a drawn line, underscores of emphasis, and what is seen by nobody.
void HostReader::cut_marks() {
  while (!host_.name.empty()) {
    const char last = host_.name.back();
    if (last == '-' || last == '_') {
      shorten(1);
      continue;
    }
    if (is_ascii(last)) return;
    const Character character = character_before(host_.name, host_.name.size(), 0);
    if (character.kind != Kind::zero_width) return;
    shorten(character.length);
  }
}

// "example.orghttp://": two links without a blank between them.
void HostReader::cut_scheme() {
  if (!text_.substr(host_.end).starts_with("://")) return;
  for (const std::string_view scheme : {"https", "http", "ftp"}) {
    const std::string_view label = host_.last_label();
    if (label.size() < scheme.size() || !iequals(label.substr(label.size() - scheme.size()), scheme))
      continue;
    shorten(scheme.size());
    return;
  }
}

// "example.com.Next": a sentence that begins without its blank.
void HostReader::cut_sentence() {
  const std::string_view last = host_.last_label();
  if (last.size() >= host_.name.size() || !begins_sentence(last)) return;
  const std::string_view rest = host_.name.substr(0, host_.name.size() - last.size() - 1);
  const std::string_view before = rest.substr(rest.rfind('.') + 1);
  if (before.size() == rest.size() || !is_lower(before) || !levels_.known(before)) return;
  host_.end -= last.size() + last_separator_;
  host_.name = rest;
  host_.known = true;
}

// "example.com" and a word in Chinese directly behind it.
bool HostReader::cut_unspaced() {
  const std::string_view last = host_.last_label();
  std::size_t at = 0;
  while (at < last.size() && is_ascii(last[at]))
    ++at;
  if (at == 0 || at == last.size() || character_at(last, at).kind != Kind::unspaced) return false;
  shorten(last.size() - at);
  return true;
}

void HostReader::settle() {
  cut_scheme();
  cut_marks();
  host_.known = levels_.known(host_.last_label());
  if (weak_size_ > 0 && begins_sentence(host_.last_label())) host_.known = false;
  cut_sentence();
  if (!host_.known && cut_unspaced()) host_.known = levels_.known(host_.last_label());
  if (host_.known || weak_size_ == 0) return;
  host_.name = host_.name.substr(0, weak_size_);
  host_.end = weak_end_;
  host_.known = levels_.known(host_.last_label());
  if (!host_.known && cut_unspaced()) host_.known = levels_.known(host_.last_label());
}

}  // namespace

bool TopLevels::known(std::string_view label) {
  constexpr std::size_t kLongest = 63;  // RFC 1035 §2.3.4
  char lower[kLongest + 1];
  if (label.size() < 2 || label.size() > kLongest || is_digit(label[0])) return false;
  bool ascii = true;
  std::size_t hash = 0;
  for (std::size_t i = 0; i < label.size(); ++i) {
    lower[i] = to_lower(label[i]);
    ascii = ascii && is_ascii(label[i]) && label[i] != '%';
    hash = hash * 31 + static_cast<unsigned char>(lower[i]);
  }
  const std::string_view key(lower, label.size());
  Answer& answer = answers_[(hash ^ hash >> 6) % answers_.size()];
  if (key == std::string_view(answer.label.data(), answer.length)) return answer.known;
  bool known = suffixes_.is_known_tld(key);
  if (!known && !ascii) {
    UrlTricks ignored;
    known = suffixes_.is_known_tld(normal_host(label, ignored));
  }
  if (key.size() <= answer.label.size()) {
    std::memcpy(answer.label.data(), key.data(), key.size());
    answer.length = static_cast<unsigned char>(key.size());
    answer.known = known;
  }
  return known;
}

void read_host(std::string_view text, std::size_t begin, Sureness sureness, TopLevels& levels, Host& host) {
  HostReader(text, sureness, levels, host).read(begin);
}

std::size_t label_begin(std::string_view text, std::size_t end, std::size_t floor) {
  constexpr std::size_t kMostBack = 255;
  floor = std::max(floor, end < kMostBack ? 0 : end - kMostBack);
  std::size_t at = end;
  std::optional<bool> unspaced;  // whether the label is of such a script: they begin where others end
  while (at > floor) {
    const char c = text[at - 1];
    if (is_ascii(c)) {
      if (!has(c, kLabel) || unspaced.value_or(false)) break;
      unspaced = false;
      --at;
      continue;
    }
    const Character character = character_before(text, at, floor);
    if (label_length(text, at - character.length) == 0) break;
    const bool of_such = character.kind == Kind::unspaced;
    if (character.kind != Kind::zero_width) {
      if (of_such != unspaced.value_or(of_such)) break;
      unspaced = of_such;
    }
    at -= character.length;
  }
  return at;
}

std::size_t bracketed_length(std::string_view text, std::size_t at, std::string_view word, char mark) {
  const std::size_t begin = at;
  const bool spaced = text[at] == ' ';
  at += spaced ? 1 : 0;
  if (at >= text.size()) return 0;
  const char open = text[at];
  if (open != '[' && open != '(' && open != '{') return 0;
  const char close = open == '[' ? ']' : open == '(' ? ')' : '}';
  ++at;
  const bool padded = at < text.size() && text[at] == ' ';
  at += padded ? 1 : 0;
  if (istarts_with(text.substr(at), word)) {
    at += word.size();
  } else if (at < text.size() && text[at] == mark) {
    ++at;
  } else {
    return 0;
  }
  if (padded && at < text.size() && text[at] == ' ') ++at;
  if (at >= text.size() || text[at] != close) return 0;
  ++at;
  if (spaced && at < text.size() && text[at] == ' ') ++at;
  return at - begin;
}

bool begins_sentence(std::string_view label) {
  if (label.empty() || label[0] < 'A' || label[0] > 'Z') return false;
  if (!std::all_of(label.begin() + 1, label.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  return std::none_of(std::begin(kOldest), std::end(kOldest),
                      [&](std::string_view level) { return iequals(level, label); });
}

bool is_well_formed(std::string_view name, bool strict) {
  if (name.empty() || name.size() > kMostBytes) return false;
  std::size_t end = name.size();
  for (int place = 0;; ++place) {
    const std::size_t dot = end == 0 ? std::string_view::npos : name.rfind('.', end - 1);
    const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    const std::string_view label = name.substr(begin, end - begin);
    if (label.empty()) return false;
    const bool hyphen = label.front() == '-' || label.back() == '-';
    if (hyphen && (strict || place < 2)) return false;
    if (place < 2 && label.find('_') != std::string_view::npos) return false;
    if (begin == 0) return true;
    end = begin - 1;
  }
}

}  // namespace xspamd::urls
