// How broken lists are read:
//   Doe, John <j@x>         an unquoted comma in a name: "Doe, John"
//   root, a@b               a bare word is a local part
//   John Smith              bare words are a name
//   John a@b                the words around the "@" are the address, the others the name
//   a@b <c@d>               the brackets hold the address
//   A <a@b> <c@d>           two mailboxes
//   a@b@c                   the last "@" divides
//   a@b c@d                 two mailboxes: a comma is missing
//   <a@b, c@d               the bracket ends at the comma (not in a route: <@h,@i:a@b>)
//   "John <a@b>, ( a@b      a quote or comment without end is an ordinary character
//   a@b; c@d                a semicolon outside groups divides, as in Outlook
//   Re: x <a@b>             a group that never ends with ";" was part of the name
//   =?utf-8?B?...?=         where nothing else holds an address, words that decode to a list are read as one
#include "proto/mail/address.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/lexical.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostItems = 4096;

struct Item {
  enum class Kind { word, quoted, at };
  Kind kind = Kind::word;
  bool space = false;  // before it
  std::string_view text;
};
using Items = std::vector<Item>;
using Iterator = Items::const_iterator;

bool is_at(const Item& item) {
  return item.kind == Item::Kind::at;
}

// RFC 5322 §4.4: blanks may stand around "@" and ".".
bool joined(const Item& before, const Item& after) {
  return !after.space || is_at(before) || is_at(after) || before.text.ends_with('.') ||
         after.text.starts_with('.');
}

std::string join(Iterator begin, Iterator end, bool compact) {
  std::string text;
  for (Iterator item = begin; item != end; ++item) {
    const bool space = item != begin && item->space && !(compact && joined(*(item - 1), *item));
    if (space) text += ' ';
    text += item->kind == Item::Kind::quoted ? mail::unescape(item->text) : std::string(item->text);
  }
  return text;
}

std::string name_text(Iterator begin, Iterator end, mail::Charsets& charsets) {
  return std::string(trim(mail::decode_words(join(begin, end, false), charsets)));
}

void set_domain(Mailbox& mailbox, std::string_view raw) {
  mailbox.domain = to_lower(trim(mail::header_text(raw)));
  if (mailbox.domain.ends_with('.')) mailbox.domain.pop_back();
}

Iterator last_at(const Items& items) {
  const auto found = std::find_if(items.rbegin(), items.rend(), is_at);
  return found == items.rend() ? items.end() : found.base() - 1;
}

// What stands in angle brackets.
Mailbox angle_address(const Items& items) {
  Mailbox mailbox;
  const Iterator at = last_at(items);
  mailbox.local = mail::header_text(join(items.begin(), at, true));
  if (at == items.end()) return mailbox;
  Iterator end = at + 1;
  while (end != items.end() && (end == at + 1 || joined(*(end - 1), *end)))
    ++end;
  set_domain(mailbox, join(at + 1, end, true));
  return mailbox;
}

// Whether `item` belongs to the address that `before` ends. Not across dots in the local part, unlike in
// brackets: "John Q. a@b"; behind the "@" only where the dot stands alone or comes first: "a@b. John".
bool continues(const Item& before, const Item& item, bool had_at) {
  if (!item.space || is_at(item) || is_at(before)) return true;
  return had_at && (before.text == "." || item.text.starts_with('.'));
}

// The addresses among words without brackets, at least one "@" among them: each with the words before it as
// its name, the last also with those behind it.
std::vector<Mailbox> bare_addresses(const Items& items, mail::Charsets& charsets) {
  std::vector<Mailbox> mailboxes;
  Iterator words = items.begin();
  for (Iterator begin = items.begin(); begin != items.end();) {
    Iterator at = is_at(*begin) ? begin : items.end();
    Iterator end = begin + 1;
    for (; end != items.end() && continues(*(end - 1), *end, at != items.end()); ++end) {
      if (is_at(*end)) at = end;
    }
    if (at != items.end()) {
      Mailbox& mailbox = mailboxes.emplace_back();
      mailbox.name = name_text(words, begin, charsets);
      mailbox.local = mail::header_text(join(begin, at, true));
      set_domain(mailbox, join(at + 1, end, true));
      words = end;
    }
    begin = end;
  }
  const std::string after = name_text(words, items.end(), charsets);
  std::string& name = mailboxes.back().name;
  name += name.empty() || after.empty() ? after : ' ' + after;
  return mailboxes;
}

// One pass over the text; what stands between two commas is a piece.
class AddressReader {
 public:
  AddressReader(std::string_view text, std::size_t most) : text_(text), most_(most) {}

  std::vector<Mailbox> read() {
    while (at_ < text_.size() && mailboxes_.size() < most_)
      step();
    if (mailboxes_.size() < most_) end_piece();
    restore_group();
    return std::move(mailboxes_);
  }

 private:
  void step();
  bool take_comment();
  bool take_quoted();
  bool take_literal();
  void take_word();
  void open_angle();
  void close_angle();
  void comma(bool semicolon);
  void colon();
  void end_piece();
  void end_bare_piece();
  void restore_group();

  Items& items() { return in_angle_ ? angle_ : phrase_; }
  void add(Item::Kind kind, std::string_view text) {
    if (items().size() < kMostItems) items().push_back({kind, space_, text});
    if (kind == Item::Kind::at && !in_angle_) phrase_has_at_ = true;
    space_ = false;
  }
  void clear_phrase() {
    phrase_.clear();
    phrase_has_at_ = false;
  }
  std::string phrase_text() { return name_text(phrase_.begin(), phrase_.end(), charsets_); }
  std::string comment_text() {
    return std::string(trim(mail::decode_words(mail::unescape(trim(comment_)), charsets_)));
  }

  std::string_view text_;
  std::size_t most_;
  std::size_t at_ = 0;
  std::vector<Mailbox> mailboxes_;
  mail::Charsets charsets_;
  Items phrase_;
  Items angle_;
  std::string_view comment_;  // the first of the piece: old mailers put the name there
  std::string group_;         // name of the open group
  std::size_t group_at_ = 0;  // its first mailbox
  std::size_t bare_run_ = 0;  // mailboxes at the end that may turn out to be parts of a name
  bool space_ = false;        // a blank stands before what comes
  bool in_angle_ = false;
  bool had_angle_ = false;  // in this piece
  bool in_group_ = false;
  bool phrase_has_at_ = false;
  bool comments_ = true;  // false after one without end
  bool quotes_ = true;
  bool literals_ = true;
};

void AddressReader::step() {
  const char c = text_[at_];
  if (c == '(' && take_comment()) return;
  if (c == '"' && take_quoted()) return;
  if (c == '[' && take_literal()) return;
  switch (c) {
    case '"':
      break;  // a stray one is no part of anything
    case '<':
      open_angle();
      break;
    case '>':
      if (in_angle_) close_angle();
      break;
    case ',':
    case ';':
      comma(c == ';');
      break;
    case ':':
      colon();
      break;
    case '@':
      add(Item::Kind::at, text_.substr(at_, 1));
      break;
    default:
      if (!is_space(c)) return take_word();
      space_ = true;
  }
  ++at_;
}

bool AddressReader::take_comment() {
  const std::size_t length = comments_ ? mail::comment_length(text_.substr(at_)) : 0;
  comments_ = length > 0;
  if (length == 0) return false;
  if (comment_.empty()) comment_ = text_.substr(at_ + 1, length - 2);
  space_ = true;
  at_ += length;
  return true;
}

bool AddressReader::take_quoted() {
  const std::size_t length = quotes_ ? mail::quoted_length(text_.substr(at_)) : 0;
  quotes_ = length > 0;
  if (length == 0) return false;
  add(Item::Kind::quoted, text_.substr(at_ + 1, length - 2));
  at_ += length;
  return true;
}

// RFC 5322 §3.4.1: only after the "@"; in names brackets are ordinary ("[SPAM] John").
bool AddressReader::take_literal() {
  if (!literals_ || items().empty() || !is_at(items().back())) return false;
  const std::size_t close = text_.find(']', at_);
  literals_ = close != std::string_view::npos;
  if (!literals_) return false;
  add(Item::Kind::word, text_.substr(at_, close + 1 - at_));
  at_ = close + 1;
  return true;
}

constexpr std::array<bool, 256> make_word_ends() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("\"<>,;:@ \t\r\n\v\f"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kWordEnds = make_word_ends();

void AddressReader::take_word() {
  const std::size_t begin = at_++;
  // An encoded word is one word even where it wrongly holds commas, brackets or blanks.
  if (text_[begin] == '=') {
    at_ = begin + std::max<std::size_t>(mail::encoded_word_length(text_.substr(begin)), 1);
  }
  while (at_ < text_.size() && !kWordEnds[static_cast<unsigned char>(text_[at_])]) {
    if (text_[at_] == '(' && comments_) break;
    const std::size_t length = text_[at_] == '=' ? mail::encoded_word_length(text_.substr(at_)) : 0;
    at_ += std::max<std::size_t>(length, 1);
  }
  add(Item::Kind::word, text_.substr(begin, at_ - begin));
}

void AddressReader::open_angle() {
  if (in_angle_ && angle_.empty()) return;  // "<<"
  if (in_angle_) close_angle();
  in_angle_ = true;
  space_ = false;
}

void AddressReader::close_angle() {
  Mailbox mailbox = angle_address(angle_);
  mailbox.name = phrase_text();
  std::string words;
  for (std::size_t i = mailboxes_.size() - bare_run_; i < mailboxes_.size(); ++i) {
    words += (mailboxes_[i].name.empty() ? mailboxes_[i].local : mailboxes_[i].name) + ", ";
  }
  mailboxes_.resize(mailboxes_.size() - bare_run_);
  mailbox.name.insert(0, words);
  bare_run_ = 0;
  mailboxes_.push_back(std::move(mailbox));
  angle_.clear();
  clear_phrase();
  in_angle_ = false;
  had_angle_ = true;
}

void AddressReader::comma(bool semicolon) {
  if (in_angle_ && !semicolon && !angle_.empty() && is_at(angle_.front())) return;  // in a route
  end_piece();
  if (!semicolon) return;
  in_group_ = false;
  bare_run_ = 0;
}

void AddressReader::colon() {
  if (in_angle_) {
    // RFC 5322 §4.4: the route before the colon says nothing; nor does a scheme taken over from a link.
    const bool scheme = angle_.size() == 1 && iequals(angle_.front().text, "mailto");
    if (scheme || (!angle_.empty() && is_at(angle_.front()))) return angle_.clear();
  } else if (!in_group_ && !had_angle_ && !phrase_has_at_) {
    group_ = phrase_text();
    group_at_ = mailboxes_.size();
    bare_run_ = 0;
    in_group_ = true;
    return clear_phrase();
  }
  add(Item::Kind::word, text_.substr(at_, 1));
}

void AddressReader::end_piece() {
  if (in_angle_) close_angle();
  if (had_angle_) {
    // "<a@b> (John)" and "<a@b> John"
    std::string& name = mailboxes_.back().name;
    if (name.empty()) name = phrase_text();
    if (name.empty()) name = comment_text();
  } else if (!phrase_.empty()) {
    end_bare_piece();
  }
  clear_phrase();
  comment_ = {};
  had_angle_ = false;
  space_ = false;
}

void AddressReader::end_bare_piece() {
  if (last_at(phrase_) != phrase_.end()) {
    std::vector<Mailbox> found = bare_addresses(phrase_, charsets_);
    if (found.back().name.empty()) found.back().name = comment_text();
    bare_run_ = 0;
    found.resize(std::min(found.size(), most_ - mailboxes_.size()));
    std::move(found.begin(), found.end(), std::back_inserter(mailboxes_));
    return;
  }
  Mailbox mailbox;
  mailbox.name = phrase_text();
  const bool one_word = phrase_.size() == 1 && phrase_.front().kind == Item::Kind::word;
  if (one_word && !phrase_.front().text.starts_with("=?")) {
    mailbox.local = std::exchange(mailbox.name, comment_text());
  }
  ++bare_run_;
  mailboxes_.push_back(std::move(mailbox));
}

void AddressReader::restore_group() {
  if (!in_group_ || group_.empty() || group_at_ >= mailboxes_.size() || iequals(group_, "mailto")) return;
  Mailbox& mailbox = mailboxes_[group_at_];
  mailbox.name = mailbox.name.empty() ? group_ + ":" : group_ + ": " + mailbox.name;
}

bool any_domain(const std::vector<Mailbox>& mailboxes) {
  return std::any_of(mailboxes.begin(), mailboxes.end(), [](const Mailbox& m) { return !m.domain.empty(); });
}

// RFC 5322 §3.2.3 atext and dots; what is above 0x7f is RFC 6532. Misplaced dots ("a..b@x") are left alone:
// some providers gave such addresses out, and nobody quotes them.
bool needs_quotes(std::string_view local) {
  static constexpr std::string_view kAtext = "!#$%&'*+-/=?^_`{|}~.";
  return std::any_of(local.begin(), local.end(), [](char c) {
    const char lower = to_lower(c);
    const bool plain = is_digit(c) || (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
    return !plain && kAtext.find(c) == std::string_view::npos;
  });
}

}  // namespace

std::string Mailbox::address() const {
  std::string text;
  if (needs_quotes(local)) {
    text += '"';
    for (const char c : local) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  } else {
    text = local;
  }
  return domain.empty() ? text : text + '@' + domain;
}

std::vector<Mailbox> parse_addresses(std::string_view unfolded, std::size_t most) {
  std::vector<Mailbox> mailboxes = AddressReader(unfolded, most).read();
  if (any_domain(mailboxes) || unfolded.find("=?") == std::string_view::npos) return mailboxes;
  // Some programs encode the whole field, address included.
  const std::string decoded_text = mail::decode_words(unfolded);
  if (decoded_text.find('@') == std::string::npos) return mailboxes;
  std::vector<Mailbox> again = AddressReader(decoded_text, most).read();
  return any_domain(again) ? again : mailboxes;
}

Mailbox parse_path(std::string_view text) {
  text = trim(text);
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.ends_with('>')) text.remove_suffix(1);
  // RFC 5321 §4.1.2: a source route is accepted and ignored.
  const std::size_t colon = text.starts_with('@') ? text.find(':') : std::string_view::npos;
  if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
  Mailbox mailbox;
  const std::size_t quoted_length = mail::quoted_length(text);
  if (quoted_length > 0 && (quoted_length == text.size() || text[quoted_length] == '@')) {
    mailbox.local = mail::header_text(mail::unescape(text.substr(1, quoted_length - 2)));
    if (quoted_length < text.size()) set_domain(mailbox, text.substr(quoted_length + 1));
    return mailbox;
  }
  const std::size_t at = text.rfind('@');
  mailbox.local = mail::header_text(text.substr(0, at));
  if (at != std::string_view::npos) set_domain(mailbox, text.substr(at + 1));
  return mailbox;
}

}  // namespace xspamd
