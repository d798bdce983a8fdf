#include "proto/mail/html_tokens.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/html_bytes.h"
#include "proto/mail/html_raw_text.h"
#include "proto/mail/html_references.h"

namespace xspamd {

namespace {

using namespace mail::html_bytes;

bool is_letter(char c) {
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'z';
}

// FNV-1a.
std::uint32_t name_hash(std::string_view name) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash;
}

constexpr unsigned kNameClasses = kUpper | kNull;
constexpr unsigned kValueClasses = kReference | kNull | kReturn;
constexpr unsigned kCommentClasses = kNull | kReturn;

// What must be changed in text. A NUL of the data state is left to the tree construction (HTML §13.2.5.1).
unsigned text_classes(HtmlState state) {
  switch (state) {
    case HtmlState::data:
      return kReference | kReturn;
    case HtmlState::rcdata:
      return kReference | kNull | kReturn;
    case HtmlState::rawtext:
    case HtmlState::script_data:
    case HtmlState::plaintext:
      return kNull | kReturn;
    case HtmlState::cdata:
      break;
  }
  return kReturn;
}

}  // namespace

HtmlTokenizer::HtmlTokenizer(std::string_view utf8, bool switch_by_tag)
    : source_(utf8), switch_by_tag_(switch_by_tag) {}

void HtmlTokenizer::set_state(HtmlState state, std::string_view last_start_tag) {
  state_ = state;
  last_start_tag_ = last_start_tag;
  raw_end_known_ = false;
}

bool HtmlTokenizer::next(HtmlToken& token) {
  token.name = token.text = token.public_id = token.system_id = {};
  token.attributes.clear();
  token.self_closing = token.has_public_id = token.has_system_id = token.force_quirks = false;
  name_hashes_.clear();
  strings_used_ = 0;
  while (at_ < source_.size()) {
    token.begin = at_;
    bool found = true;
    if (state_ != HtmlState::data && !raw_end_known_) {
      raw_end_ = mail::raw_text_end(source_, at_, state_, last_start_tag_);
      raw_end_known_ = true;
    }
    if (state_ != HtmlState::data && at_ < raw_end_) {
      read_text(token, raw_end_);
    } else if (state_ == HtmlState::cdata) {
      at_ += 3;  // "]]>"
      state_ = HtmlState::data;
      found = false;
    } else {
      state_ = HtmlState::data;
      if (starts_markup(at_))
        found = read_markup(token);
      else
        read_text(token, source_.size());
    }
    token.end = at_;
    if (found) return true;
  }
  token.type = HtmlToken::Type::end;
  token.begin = token.end = source_.size();
  return false;
}

// The run of bytes up to one of the classes `stop`, or the end.
HtmlTokenizer::Run HtmlTokenizer::scan(std::size_t from, unsigned stop) const {
  const std::string_view source = source_;
  unsigned seen = 0;
  for (; from < source.size(); ++from) {
    const unsigned bits = class_of(source[from]);
    if (bits & stop) break;
    seen |= bits;
  }
  return {from, seen};
}

// HTML §13.2.5.6 and 7: other "<" are text.
bool HtmlTokenizer::starts_markup(std::size_t at) const {
  if (source_[at] != '<' || at + 1 == source_.size()) return false;
  const char next = source_[at + 1];
  return is_letter(next) || next == '!' || next == '?' || (next == '/' && at + 2 < source_.size());
}

bool HtmlTokenizer::starts_with(std::string_view word) const {
  return istarts_with(source_.substr(at_), word);
}

void HtmlTokenizer::skip_space() {
  while (at_ < source_.size() && (class_of(source_[at_]) & kSpace))
    ++at_;
}

// `raw` with bytes of the classes changed: the source itself if there are none.
std::string_view HtmlTokenizer::cleaned(std::string_view raw, unsigned classes) {
  if (classes == 0) return raw;
  if (strings_used_ == strings_.size()) strings_.emplace_back();
  std::string& text = strings_[strings_used_++];
  text.clear();
  append_changed(raw, classes, true, text);
  return text;
}

std::size_t HtmlTokenizer::text_run_end(std::size_t limit, unsigned special) const {
  std::size_t end = at_;
  for (;; ++end) {
    end = find_class(source_.substr(0, limit), end, special);
    if (end == limit || source_[end] != '<' || starts_markup(end)) return end;
  }
}

void HtmlTokenizer::read_text(HtmlToken& token, std::size_t limit) {
  // Text that must be changed is copied, in pieces not much longer than this.
  constexpr std::size_t kPiece = 16384;
  token.type = HtmlToken::Type::text;
  const unsigned changed = text_classes(state_);
  const unsigned special = changed | (state_ == HtmlState::data ? kLess : 0U);
  const auto is_changed = [&](std::size_t at) {
    return at < limit && (class_of(source_[at]) & changed);
  };

  std::size_t end = text_run_end(limit, special);
  if (!is_changed(end) || end - at_ > kPiece) {
    token.text = source_.substr(at_, end - at_);
    at_ = end;
    return;
  }
  if (strings_.empty()) strings_.emplace_back();
  std::string& text = strings_.front();
  text.clear();
  for (;;) {
    text.append(source_, at_, end - at_);
    at_ = end;
    if (!is_changed(at_)) break;
    at_ += change(source_.substr(at_, limit - at_), false, text);
    end = text_run_end(limit, special);
    if (text.size() + (end - at_) > kPiece) break;
  }
  token.text = text;
}

// False where there is no token: "</>", and a tag that never ends (HTML §13.2.5.8 and others: eof-in-tag).
bool HtmlTokenizer::read_markup(HtmlToken& token) {
  const char next = source_[++at_];
  if (next == '!') {
    ++at_;
    return read_declaration(token);
  }
  if (next == '?') return read_bogus_comment(token);
  token.type = HtmlToken::Type::start_tag;
  if (next == '/') {
    token.type = HtmlToken::Type::end_tag;
    ++at_;
    if (source_[at_] == '>') {
      ++at_;
      return false;
    }
    if (!is_letter(source_[at_])) return read_bogus_comment(token);
  }
  if (read_tag(token)) return true;
  at_ = source_.size();
  return false;
}

// HTML §13.2.5.42. "[CDATA[" is known in foreign content only.
bool HtmlTokenizer::read_declaration(HtmlToken& token) {
  constexpr std::string_view kDoctype = "doctype";
  if (source_.substr(at_).starts_with("--")) {
    at_ += 2;
    return read_comment(token);
  }
  if (!starts_with(kDoctype)) return read_bogus_comment(token);
  at_ += kDoctype.size();
  return read_doctype(token);
}

// HTML §13.2.5.43 to 52. Whatever stands before it, ">" ends a comment after "--" or "--!", and at once.
bool HtmlTokenizer::read_comment(HtmlToken& token) {
  token.type = HtmlToken::Type::comment;
  const std::string_view rest = source_.substr(at_);
  std::size_t close = rest.find('>');
  std::string_view content = rest.substr(0, close);
  const auto ends = [&] {
    return content.empty() || content == "-" || content.ends_with("--") || content.ends_with("--!");
  };
  while (close != std::string_view::npos && !ends()) {
    close = rest.find('>', close + 1);
    content = rest.substr(0, close);
  }
  at_ = close == std::string_view::npos ? source_.size() : at_ + close + 1;
  // At the end of the source too an end that is not complete is no content.
  for (const std::string_view end : {"--!", "--", "-"}) {
    if (!content.ends_with(end)) continue;
    content.remove_suffix(end.size());
    break;
  }
  unsigned seen = 0;
  for (const char c : content)
    seen |= class_of(c);
  token.text = cleaned(content, seen & kCommentClasses);
  return true;
}

bool HtmlTokenizer::read_bogus_comment(HtmlToken& token) {
  token.type = HtmlToken::Type::comment;
  const Run run = scan(at_, kGreater);
  token.text = cleaned(source_.substr(at_, run.end - at_), run.seen & kCommentClasses);
  at_ = std::min(run.end + 1, source_.size());
  return true;
}

// HTML §13.2.5.8.
bool HtmlTokenizer::read_tag(HtmlToken& token) {
  const Run run = scan(at_, kSpace | kSlash | kGreater);
  token.name = cleaned(cut_utf8(source_.substr(at_, run.end - at_), kLongestName), run.seen & kNameClasses);
  at_ = run.end;
  if (!read_attributes(token)) return false;
  if (token.type == HtmlToken::Type::end_tag) {
    token.attributes.clear();
  } else if (switch_by_tag_) {
    const HtmlState state = mail::html_state_after(token.name);
    if (state != HtmlState::data) set_state(state, token.name);
  }
  return true;
}

// HTML §13.2.5.32 to 40: up to and with the ">" of the tag; false if there is none.
bool HtmlTokenizer::read_attributes(HtmlToken& token) {
  for (;;) {
    skip_space();
    if (at_ == source_.size()) return false;
    if (source_[at_] == '>') {
      ++at_;
      return true;
    }
    if (source_[at_] == '/') {
      ++at_;
      token.self_closing = at_ < source_.size() && source_[at_] == '>';
      continue;
    }
    if (!read_attribute(token)) return false;
  }
}

// By hashes first: a tag made of short names costs little more than others.
bool HtmlTokenizer::has_attribute(const HtmlToken& token, std::string_view name, std::uint32_t hash) const {
  const auto begin = name_hashes_.begin();
  auto at = std::find(begin, name_hashes_.end(), hash);
  while (at != name_hashes_.end() && token.attributes[static_cast<std::size_t>(at - begin)].name != name)
    at = std::find(at + 1, name_hashes_.end(), hash);
  return at != name_hashes_.end();
}

bool HtmlTokenizer::read_attribute(HtmlToken& token) {
  // A "=" at its start belongs to the name (HTML §13.2.5.32).
  const Run run = scan(at_ + 1, kSpace | kSlash | kGreater | kEquals);
  const std::string_view name = cut_utf8(source_.substr(at_, run.end - at_), kLongestName);
  const unsigned name_classes = run.seen | class_of(source_[at_]);
  at_ = run.end;
  Value value;
  skip_space();
  if (at_ < source_.size() && source_[at_] == '=') {
    ++at_;
    if (!read_value(value)) return false;
  }
  if (token.attributes.size() == kMostAttributes) return true;
  const std::size_t used = strings_used_;
  const HtmlAttribute attribute{cleaned(name, name_classes & kNameClasses), {}};
  // HTML §13.2.5.33: the first of equal names counts.
  const std::uint32_t hash = name_hash(attribute.name);
  if (has_attribute(token, attribute.name, hash)) {
    strings_used_ = used;
    return true;
  }
  token.attributes.push_back(attribute);
  name_hashes_.push_back(hash);
  token.attributes.back().value = cleaned(cut_utf8(value.raw, kLongestValue), value.seen & kValueClasses);
  return true;
}

// HTML §13.2.5.35 to 38; false if it never ends.
bool HtmlTokenizer::read_value(Value& value) {
  skip_space();
  if (at_ == source_.size()) return false;
  const unsigned quote = class_of(source_[at_]) & (kDoubleQuote | kSingleQuote);
  if (quote) ++at_;
  const Run run = scan(at_, quote ? quote : kSpace | kGreater);
  value = {source_.substr(at_, run.end - at_), run.seen};
  at_ = run.end;
  if (at_ == source_.size()) return false;
  if (quote) ++at_;
  return true;
}

// HTML §13.2.5.53 to 68.
bool HtmlTokenizer::read_doctype(HtmlToken& token) {
  token.type = HtmlToken::Type::doctype;
  token.force_quirks = !read_doctype_parts(token);
  at_ = std::min(scan(at_, kGreater).end + 1, source_.size());
  return true;
}

// False where the doctype is none of a reader's that follows standards.
bool HtmlTokenizer::read_doctype_parts(HtmlToken& token) {
  constexpr std::string_view kPublic = "public";
  constexpr std::string_view kSystem = "system";
  static_assert(kPublic.size() == kSystem.size());
  const auto at_end = [&] {
    return at_ == source_.size() || source_[at_] == '>';
  };
  skip_space();
  if (at_end()) return false;
  const Run run = scan(at_, kSpace | kGreater);
  token.name = cleaned(cut_utf8(source_.substr(at_, run.end - at_), kLongestName), run.seen & kNameClasses);
  at_ = run.end;
  skip_space();
  if (at_end()) return at_ < source_.size();
  const bool is_public = starts_with(kPublic);
  if (!is_public && !starts_with(kSystem)) return false;
  at_ += kPublic.size();
  if (is_public) {
    if (!read_identifier(token.public_id, token.has_public_id)) return false;
    skip_space();
    if (at_end()) return at_ < source_.size();
  }
  if (!read_identifier(token.system_id, token.has_system_id)) return false;
  skip_space();
  return at_ < source_.size();
}

// HTML §13.2.5.59 and 60; false if it is not there or not ended.
bool HtmlTokenizer::read_identifier(std::string_view& identifier, bool& has_it) {
  skip_space();
  const unsigned quote = at_ < source_.size() ? class_of(source_[at_]) & (kDoubleQuote | kSingleQuote) : 0;
  if (!quote) return false;
  const Run run = scan(++at_, quote | kGreater);
  identifier = cleaned(source_.substr(at_, run.end - at_), run.seen & kCommentClasses);
  has_it = true;
  at_ = run.end;
  if (at_ == source_.size() || source_[at_] == '>') return false;
  ++at_;
  return true;
}

std::string decode_html_references(std::string_view text, bool in_attribute) {
  std::string decoded;
  decoded.reserve(text.size());
  append_changed(text, kReference, in_attribute, decoded);
  return decoded;
}

}  // namespace xspamd
