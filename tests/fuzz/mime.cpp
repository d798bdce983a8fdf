// The structure of a message and its fields with parameters, on any bytes: the parts form a tree within the
// limits, views stay inside the message or a buffer of its own, names come out as UTF-8, and a body that is
// decoded in part is the begin of the whole.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "proto/mail/embedded.h"
#include "proto/mail/encoding.h"
#include "proto/mail/mime.h"
#include "proto/mail/transfer.h"
#include "tests/fuzz/require.h"

using namespace xspamd;

namespace {

bool inside(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

bool inside_any(std::string_view part, std::string_view message, const Mime& mime) {
  return part.empty() || inside(part, message) ||
         std::any_of(mime.buffers.begin(), mime.buffers.end(),
                     [&](const std::string& buffer) { return inside(part, buffer); });
}

void check_decoding(const Part& part) {
  const std::string all = decoded_body(part, part.body.size());
  require(mail::decode(part.body, part.encoding).size() <= part.body.size());
  for (const std::size_t most : {std::size_t{0}, std::size_t{7}, part.body.size() / 2})
    require(decoded_body(part, most) == all.substr(0, most));
}

void check_part(const Mime& mime, std::size_t index, std::string_view message, const Limits& limits) {
  const Part& part = mime.parts[index];
  require(part.depth <= limits.depth);
  require(part.type.find('/') != std::string::npos && !name(part.encoding).empty());
  for (const std::string& text : {part.type, part.charset, part.file_name, part.disposition, part.content_id})
    require(is_utf8(text));
  require(std::none_of(part.file_name.begin(), part.file_name.end(), is_control));
  for (const std::string_view view : {part.body, part.before, part.after, part.header.block})
    require(inside_any(view, message, mime));
  for (const Field& field : part.header.fields)
    require(inside(field.raw(), part.header.block));
  check_decoding(part);
  if (index == 0) return;
  require(part.parent < index);
  const Part& parent = mime.parts[part.parent];
  require(part.depth == parent.depth + 1);
  // Of what was not decoded in between, a part is within the one around it.
  if (inside(part.body, message) && inside(parent.body, message) && !part.body.empty()) {
    require(inside(part.body, parent.body));
  }
}

// Parts stand in the order in which they begin, and siblings do not overlap.
void check_order(const Mime& mime) {
  std::vector<std::size_t> children(mime.parts.size());
  std::vector<const char*> ends(mime.parts.size());
  for (std::size_t i = 1; i < mime.parts.size(); ++i) {
    const Part& part = mime.parts[i];
    ++children[part.parent];
    const char*& end = ends[part.parent];
    if (part.body.empty()) continue;
    require(end == nullptr || end <= part.body.data());
    end = part.body.data() + part.body.size();
  }
  for (std::size_t i = 0; i < mime.parts.size(); ++i)
    require(children[i] == mime.parts[i].children);
}

void check_mime(std::string_view message, const Limits& limits, mail::Charsets& charsets) {
  const Header header = parse_header(message, limits.headers);
  const Mime mime = parse_mime(message, header, limits, charsets);
  require(!mime.parts.empty() && mime.parts.size() <= limits.parts);
  require(mime.parts.front().body == message.substr(header.body_at));
  std::size_t buffered = 0;
  for (const std::string& buffer : mime.buffers)
    buffered += buffer.size();
  require(buffered <= 3 * message.size());
  for (std::size_t i = 0; i < mime.parts.size(); ++i)
    check_part(mime, i, message, limits);
  check_order(mime);
}

void check_field(std::string_view raw, mail::Charsets& charsets) {
  const mail::ContentField field = mail::parse_content_field(raw, charsets);
  require(is_utf8(field.value));
  std::set<std::string> names;
  for (const mail::Parameter& parameter : field.parameters) {
    require(is_utf8(parameter.name) && is_utf8(parameter.value));
    require(!parameter.name.empty() && field.find(parameter.name) != nullptr);
    names.insert(parameter.name);
  }
  require(names.size() == field.parameters.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  mail::Charsets charsets;
  Limits small;
  small.parts = 6;
  small.depth = 3;
  small.headers = 4;
  check_mime(bytes, small, charsets);
  check_mime(bytes, Limits(), charsets);
  check_field(bytes, charsets);
  std::size_t at = 0;
  for (const mail::EmbeddedFile& file : mail::find_embedded(bytes, 20)) {
    require(inside(file.block, bytes) && (file.name.empty() || inside(file.name, file.block)));
    require(file.block.data() >= bytes.data() + at);
    at = static_cast<std::size_t>(file.block.data() + file.block.size() - bytes.data());
  }
  return 0;
}
