#include "proto/mail/mime.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/boundary.h"
#include "proto/mail/embedded.h"
#include "proto/mail/lines.h"
#include "proto/mail/part_fields.h"
#include "proto/mail/part_header.h"
#include "proto/mail/transfer.h"

namespace xspamd {

namespace {

constexpr std::size_t kNone = Part::kNone;

// Finds the parts in one pass over the message, and one over each decoded container. The parts that have
// begun and not ended are levels of a stack; those of a decoded container stand above the ones it was found
// among.
class Splitter {
 public:
  Splitter(const Limits& limits, mail::Charsets& charsets, std::size_t bytes)
      : limits_(limits), charsets_(charsets), headers_(limits.headers, bytes), decoded_left_(2 * bytes) {}

  Mime split(std::string_view message, const Header& header);

 private:
  struct Source {
    std::string_view text;
    std::size_t at = 0;          // read so far
    std::size_t lowest = 0;      // the level of its first part
    bool at_part_begin = false;  // a part of the innermost level's begins at `at`
  };
  struct Level {
    std::size_t part = kNone;
    std::size_t body_at = 0;
    std::size_t after_at = kNone;  // behind the closing boundary
    bool split = false;            // it is a container, and within the limits
    bool met = false;              // its boundary occurred
    bool decoded = false;          // the source is its decoded body
  };

  void step();
  void begin_part();
  void open(std::size_t index, std::size_t body_at, std::string boundary);
  void take_boundary(std::size_t line_at, std::size_t next, mail::BoundaryMatch match);
  void end_source();
  void end_level(std::size_t end);
  void decode_ended();
  void end_leaf(std::size_t index);
  void add_embedded(std::size_t index);
  bool may_split(Part& part) const;  // else a defect says why not
  std::size_t find_boundary(std::size_t& next, mail::BoundaryMatch& match);
  Source& source() { return sources_.back(); }
  Part& part_of(const Level& level) { return mime_.parts[level.part]; }

  const Limits& limits_;
  mail::Charsets& charsets_;
  mail::PartHeaders headers_;
  Mime mime_;
  std::vector<Source> sources_;
  std::vector<Level> levels_;
  mail::Boundaries boundaries_;  // of the levels
  Level ended_;                  // the last of them, if it is encoded and to be split
  std::string ended_boundary_;
  std::size_t decoded_left_;  // bytes that may yet be decoded
};

std::string_view slice(std::string_view text, std::size_t begin, std::size_t end) {
  return text.substr(begin, std::max(begin, end) - begin);
}

bool is_encoded(const Part& part) {
  return part.encoding != TransferEncoding::identity;
}

// A multipart that names no boundary, but whose body begins with what can be only one: "--x" and a field of
// MIME.
std::string guessed_boundary(std::string_view body) {
  constexpr std::size_t kLongest = 70;  // RFC 2046 §5.1.1
  std::size_t at = std::min(body.find_first_not_of("\r\n"), body.size());
  const mail::Line first = mail::line_at(body, at);
  const mail::Line second = mail::line_at(body, first.next);
  const std::string_view line = trim_blanks(first.text);
  if (!line.starts_with("--") || line.size() < 3 || line.size() > kLongest + 2) return {};
  return istarts_with(second.text, "content-") ? std::string(line.substr(2)) : std::string();
}

Mime Splitter::split(std::string_view message, const Header& header) {
  sources_.push_back({message});
  Part whole;
  whole.header = header;
  std::string boundary = mail::read_part_fields(whole, "text/plain", charsets_);
  if (mail::has_odd_line_ends(message.substr(header.body_at))) whole.defects.add(Defect::body_bare_cr);
  mime_.parts.push_back(std::move(whole));
  open(0, header.body_at, std::move(boundary));
  while (!sources_.empty())
    step();
  for (const Part& part : mime_.parts) {
    mime_.defects.add(part.defects);
    mime_.defects.add(part.header.defects);
  }
  return std::move(mime_);
}

void Splitter::step() {
  if (source().at_part_begin) {
    begin_part();
    return;
  }
  std::size_t next = 0;
  mail::BoundaryMatch match;
  const std::size_t line = find_boundary(next, match);
  if (match) {
    take_boundary(line, next, match);
  } else {
    end_source();
  }
}

void Splitter::begin_part() {
  Source& in = source();
  in.at_part_begin = false;
  Part part;
  part.parent = levels_.back().part;
  Part& parent = mime_.parts[part.parent];
  // What stood encoded before it may have taken the last place since its boundary line was found.
  if (!may_split(parent)) {
    in.at = in.text.size();
    return;
  }
  ++parent.children;
  part.depth = parent.depth + 1;
  if (!parent.is_multipart()) in.at += mail::mbox_line(in.text.substr(in.at));
  part.header = headers_.read(in.text.substr(in.at), boundaries_, in.lowest, mime_.buffers);
  // RFC 2046 §5.1.5
  const std::string_view type = parent.type == "multipart/digest" ? "message/rfc822" : "text/plain";
  std::string boundary = mail::read_part_fields(part, type, charsets_);
  const std::size_t body_at = in.at + part.header.body_at;
  mime_.parts.push_back(std::move(part));
  open(mime_.parts.size() - 1, body_at, std::move(boundary));
}

void Splitter::open(std::size_t index, std::size_t body_at, std::string boundary) {
  Source& in = source();
  Part& part = mime_.parts[index];
  Level level{index, body_at};
  if (part.is_multipart() && boundary.empty()) {
    part.defects.add(Defect::no_boundary);
    boundary = guessed_boundary(in.text.substr(body_at));
    if (boundary.empty()) part.type = "text/plain";
  }
  const bool is_message = mail::holds_message(part.type);
  level.split = (is_message || part.is_multipart()) && may_split(part);
  // RFC 2045 §6.4 forbids it. A multipart may all the same not be encoded, as its boundary lines will tell; a
  // message that is said to be base64 and begins with a field is not.
  const bool plain = !is_encoded(part) || (part.encoding == TransferEncoding::base64 &&
                                           mail::is_field(mail::line_at(in.text, body_at).text));
  if (level.split && is_encoded(part)) part.defects.add(Defect::encoded_container);
  if (!level.split || is_message) boundary.clear();
  if (boundaries_.has(boundary, in.lowest)) part.defects.add(Defect::nested_boundary);
  in.at = body_at;
  in.at_part_begin = level.split && is_message && plain;
  boundaries_.open(std::move(boundary));
  levels_.push_back(level);
}

bool Splitter::may_split(Part& part) const {
  const bool too_deep = part.depth >= limits_.depth;
  const bool too_many = mime_.parts.size() >= limits_.parts;
  if (too_deep) part.defects.add(Defect::depth_over_limit);
  if (too_many) part.defects.add(Defect::parts_over_limit);
  return !too_deep && !too_many;
}

std::size_t Splitter::find_boundary(std::size_t& next, mail::BoundaryMatch& match) {
  const Source& in = source();
  if (!boundaries_.any(in.lowest)) return std::string_view::npos;
  std::size_t at = in.at;
  while ((at = in.text.find("--", at)) != std::string_view::npos) {
    if (!mail::is_line_begin(in.text, at)) {
      at = in.text.find_first_not_of('-', at);
      continue;
    }
    const mail::Line line = mail::line_at(in.text, at);
    next = line.next;
    match = boundaries_.match(line.text, in.lowest);
    if (match) break;
    at = next;
  }
  return at;
}

void Splitter::take_boundary(std::size_t line_at, std::size_t next, mail::BoundaryMatch match) {
  Source& in = source();
  if (!match.closes && mime_.parts.size() >= limits_.parts) {
    part_of(levels_.back()).defects.add(Defect::parts_over_limit);
    end_source();
    return;
  }
  const std::size_t end = mail::end_before(in.text, line_at);
  while (levels_.size() > match.level + 1)
    end_level(end);
  Level& level = levels_.back();
  Part& part = part_of(level);
  if (!level.met) part.before = slice(in.text, level.body_at, end);
  level.met = true;
  if (match.odd) part.defects.add(Defect::odd_boundary);
  if (match.closes) {
    boundaries_.close(match.level);
    level.after_at = next;
  }
  in.at = next;
  // Behind the last boundary line of all no part begins.
  in.at_part_begin = !match.closes && next < in.text.size();
  decode_ended();
}

void Splitter::end_source() {
  const std::size_t end = source().text.size();
  while (levels_.size() > source().lowest)
    end_level(end);
  sources_.pop_back();
  decode_ended();
}

// Ends the innermost level.
void Splitter::end_level(std::size_t end) {
  const Level level = levels_.back();
  const std::string boundary = boundaries_.text(levels_.size() - 1);
  levels_.pop_back();
  boundaries_.cut(levels_.size());
  Part& part = part_of(level);
  const std::string_view text = source().text;
  if (!level.decoded) part.body = slice(text, level.body_at, end);
  if (level.met) {
    if (level.after_at == kNone) part.defects.add(Defect::missing_end);
    if (level.after_at != kNone) part.after = slice(text, level.after_at, end);
    return;
  }
  if (level.split && part.children == 0 && is_encoded(part) && !level.decoded) {
    ended_ = level;
    ended_boundary_ = boundary;
    return;
  }
  if (level.split && part.is_multipart()) {
    part.defects.add(Defect::no_boundary);
    part.type = "text/plain";
  }
  if (part.children == 0) end_leaf(level.part);
}

// At most one level of those that end together is encoded, as nothing begins inside one.
void Splitter::decode_ended() {
  if (ended_.part == kNone) return;
  Level level = std::exchange(ended_, Level());
  Part& part = part_of(level);
  if (part.body.size() > decoded_left_) {
    part.defects.add(Defect::depth_over_limit);
    return;
  }
  const std::string& bytes = mime_.buffers.emplace_back(mail::decode(part.body, part.encoding));
  decoded_left_ -= bytes.size();
  level.decoded = true;
  level.body_at = 0;
  sources_.push_back({bytes, 0, levels_.size(), !part.is_multipart()});
  levels_.push_back(level);
  boundaries_.open(std::move(ended_boundary_));
}

void Splitter::end_leaf(std::size_t index) {
  Part& part = mime_.parts[index];
  const bool base64 = part.encoding == TransferEncoding::base64;
  if (base64 && mail::is_bad_base64(part.body)) part.defects.add(Defect::bad_base64);
  if (!part.is_text() || base64) return;
  if (part.body.find('\0') != std::string_view::npos) part.defects.add(Defect::body_nul);
  if (!is_encoded(part)) add_embedded(index);
}

void Splitter::add_embedded(std::size_t index) {
  const auto files = mail::find_embedded(mime_.parts[index].body, limits_.parts);
  for (const mail::EmbeddedFile& file : files) {
    Part& text = mime_.parts[index];
    if (!may_split(text)) return;
    ++text.children;
    Part part;
    part.parent = index;
    part.depth = text.depth + 1;
    part.type = "application/octet-stream";
    part.file_name = mail::clean_file_name(mail::header_text(file.name));
    part.encoding = file.encoding;
    part.body = file.block;
    mime_.parts.push_back(std::move(part));
  }
}

}  // namespace

Mime parse_mime(std::string_view message, const Header& header, const Limits& limits,
                mail::Charsets& charsets) {
  return Splitter(limits, charsets, message.size()).split(message, header);
}

}  // namespace xspamd
