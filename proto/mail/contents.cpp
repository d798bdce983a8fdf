#include "proto/mail/contents.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proto/base/text.h"
#include "proto/mail/url_list.h"

namespace xspamd {

namespace {

// Kinds of text that are data for programs: no reader sees them as text.
constexpr std::array<std::string_view, 12> kData{
    "text/calendar", "text/vcard",      "text/x-vcard",    "text/directory", "text/css", "text/javascript",
    "text/csv",      "text/x-calendar", "text/x-amp-html", "text/xml",       "text/rtf", "text/x-vcalendar"};

bool is_html(const Part& part) {
  return part.type == "text/html" || part.type == "application/xhtml+xml";
}

bool is_readable_text(const Part& part) {
  if (is_html(part)) return true;
  return part.is_text() && std::find(kData.begin(), kData.end(), part.type) == kData.end();
}

// The message itself is shown whatever its disposition says.
bool is_attached(const Part& part) {
  return part.parent != Part::kNone && part.disposition == "attachment";
}

bool is_file(const Part& part) {
  if (part.is_multipart()) return false;
  if (part.type.starts_with("message/")) return !part.file_name.empty() || is_attached(part);
  return !is_readable_text(part) || is_attached(part) || !part.file_name.empty();
}

// Lines of a file that is sent as it is have the line ends of transport.
std::size_t size_without_line_ends(const Part& part, std::string_view bytes) {
  if (part.encoding == TransferEncoding::base64) return bytes.size();
  std::size_t size = bytes.size();
  for (std::size_t at = bytes.find("\r\n"); at != std::string_view::npos; at = bytes.find("\r\n", at + 2))
    --size;
  return size;
}

class Reading {
 public:
  Reading(const Mime& mime, const Limits& limits, const Suffixes& suffixes, mail::Charsets& charsets)
      : mime_(mime),
        limits_(limits),
        charsets_(charsets),
        urls_(limits.urls, suffixes),
        text_left_(limits.text) {}

  Contents read() {
    read_fields();
    for (std::size_t i = 0; i < mime_.parts.size(); ++i) {
      const Part& part = mime_.parts[i];
      if (is_readable_text(part)) read_text(i);
      if (is_file(part)) read_file(i);
    }
    if (urls_.over_limit()) contents_.defects.add(Defect::urls_over_limit);
    contents_.urls = urls_.take();
    return std::move(contents_);
  }

 private:
  // Fields of the message whose text or links a reader sees or clicks.
  void read_fields() {
    constexpr std::array<std::string_view, 6> kLinks{"List-Unsubscribe", "List-Help",  "List-Post",
                                                     "List-Subscribe",   "List-Owner", "List-Archive"};
    for (const Field& field : mime_.parts.front().header.fields) {
      if (iequals(field.name, "Subject")) {
        urls_.add_text(decoded(field, charsets_), Url::Place::subject, 0);
      } else if (std::any_of(kLinks.begin(), kLinks.end(), [&](auto n) { return iequals(n, field.name); })) {
        urls_.add_text(decoded(field, charsets_), Url::Place::header, 0);
      }
    }
  }

  // Without the files that stand encoded in it: mail programs show those as attached.
  std::string bytes_of_text(std::size_t place) const {
    const Part& part = mime_.parts[place];
    if (part.children == 0 || part.encoding != TransferEncoding::identity)
      return decoded_body(part, text_left_ + 1);
    std::string bytes;
    std::string_view rest = part.body;
    for (std::size_t i = place + 1; i < mime_.parts.size() && mime_.parts[i].parent == place; ++i) {
      const std::string_view file = mime_.parts[i].body;
      if (file.data() < rest.data() || file.data() + file.size() > rest.data() + rest.size()) continue;
      bytes += rest.substr(0, static_cast<std::size_t>(file.data() - rest.data()));
      rest.remove_prefix(static_cast<std::size_t>(file.data() + file.size() - rest.data()));
    }
    bytes += rest;
    bytes.resize(std::min(bytes.size(), text_left_ + 1));
    return bytes;
  }

  // The text of a part as UTF-8, cut at the limit that all texts share.
  std::string take_text(std::size_t place) {
    const Part& part = mime_.parts[place];
    const std::string bytes = bytes_of_text(place);
    std::string charset = part.charset;
    if (charset.empty() && is_html(part)) charset = html_charset(bytes);
    std::string text = text_to_utf8(bytes, charset, charsets_);
    if (bytes.size() > text_left_ || text.size() > text_left_) {
      contents_.defects.add(Defect::text_over_limit);
      text.resize(cut_utf8(text, text_left_).size());
    }
    text_left_ -= text.size();
    return text;
  }

  void read_text(std::size_t place) {
    const Part& part = mime_.parts[place];
    Text text;
    text.part = place;
    text.is_html = is_html(part);
    text.is_attached = is_attached(part);
    std::string utf8 = take_text(place);
    if (text.is_html) {
      text.html = read_html(utf8, {limits_.html_depth, limits_.urls});
      text.visible = std::exchange(text.html.visible, {});
      text.hidden = std::exchange(text.html.hidden, {});
      text.source = std::move(utf8);
      if (text.html.over_depth) contents_.defects.add(Defect::html_over_limit);
      urls_.add_html(text.html, place, text.is_attached);
    } else {
      text.visible = fold_white_space(utf8);
    }
    const Url::Place where = text.is_attached ? Url::Place::attachment : Url::Place::text;
    // In its own lines plain text tells where a URL in angle brackets goes on.
    urls_.add_text(text.is_html ? text.visible : utf8, where, place);
    if (!text.hidden.empty()) urls_.add_text(text.hidden, where, place, true);
    text.counts = count_text(text.visible);
    contents_.texts.push_back(std::move(text));
  }

  void read_file(std::size_t place) {
    const Part& part = mime_.parts[place];
    Attachment file;
    file.part = place;
    file.name = part.file_name;
    file.extension = extension_of(file.name);
    file.type = part.type;
    file.is_inline = part.disposition == "inline" || (part.disposition.empty() && !part.content_id.empty());
    const std::string bytes = decoded_body(part, limits_.message);
    file.size = size_without_line_ends(part, bytes);
    if (!part.is_container()) file.sniffed = sniff_type(bytes);
    if (!file.sniffed.empty()) read_archive(file, bytes);
    contents_.attachments.push_back(std::move(file));
  }

  void read_archive(Attachment& file, std::string_view bytes) {
    constexpr std::string_view kZip = "PK\x03\x04";
    constexpr std::string_view kEmptyZip = "PK\x05\x06";
    if (!bytes.starts_with(kZip) && !bytes.starts_with(kEmptyZip)) return;
    Archive archive = list_zip(bytes, limits_);
    file.entries = std::move(archive.entries);
    file.encrypted = archive.encrypted;
    file.broken_archive = archive.broken;
    if (archive.over_limit) contents_.defects.add(Defect::archive_over_limit);
  }

  const Mime& mime_;
  const Limits& limits_;
  mail::Charsets& charsets_;
  UrlList urls_;
  std::size_t text_left_;
  Contents contents_;
};

}  // namespace

Contents read_contents(const Mime& mime, const Limits& limits, const Suffixes& suffixes,
                       mail::Charsets& charsets) {
  return Reading(mime, limits, suffixes, charsets).read();
}

}  // namespace xspamd
