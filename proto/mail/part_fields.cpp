#include "proto/mail/part_fields.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/transfer.h"

namespace xspamd::mail {

namespace {

constexpr std::size_t kLongestId = 998;  // RFC 5322 §2.1.1: what fits a line

struct ContentFields {
  const Field* type = nullptr;
  const Field* encoding = nullptr;
  const Field* disposition = nullptr;
  const Field* id = nullptr;
  bool doubled = false;
};

// RFC 2045 §3: all of them begin with "Content-".
ContentFields find_fields(const Header& header) {
  ContentFields found;
  for (const Field& field : header.fields) {
    if (!istarts_with(field.name, "content-")) continue;
    const auto take = [&](std::string_view name, const Field*& slot, bool counts) {
      if (!iequals(field.name, name)) return;
      if (slot != nullptr) found.doubled = found.doubled || counts;
      if (slot == nullptr) slot = &field;
    };
    take("content-type", found.type, true);
    take("content-transfer-encoding", found.encoding, true);
    take("content-disposition", found.disposition, false);
    take("content-id", found.id, false);
  }
  return found;
}

// RFC 2045 §5.1: tspecials and controls are no part of a token.
bool is_token(std::string_view text) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return !text.empty() && std::none_of(text.begin(), text.end(), [&](char c) {
    return c <= ' ' || c == 0x7f || kSpecials.find(c) != std::string_view::npos;
  });
}

// RFC 2045 §5.2 lets broken types count as text/plain. deviates: a multipart that lacks its subtype is one of
// unknown subtype (RFC 2046 §5.1.7), and a type with more than it may have is still what it begins with.
void read_type(Part& part, const std::string& written, std::string_view fallback) {
  const std::size_t slash = std::min(written.find('/'), written.size());
  const std::string_view main = std::string_view(written).substr(0, slash);
  const bool has_both = slash > 0 && slash + 1 < written.size();
  if (!has_both || !is_token(main) || !is_token(std::string_view(written).substr(slash + 1))) {
    part.defects.add(Defect::bad_content_type);
  }
  part.declared = true;
  if (main == "multipart" && !has_both) {
    part.type = "multipart/mixed";
  } else {
    part.type = has_both ? written : std::string(fallback);
  }
}

std::string name_of(const ContentField& type, const ContentField& disposition) {
  const std::string* name = disposition.find("filename");
  if (name == nullptr) name = type.find("name");
  // The wrong one of the two fields for it.
  if (name == nullptr) name = disposition.find("name");
  if (name == nullptr) name = type.find("filename");
  return name == nullptr ? std::string() : clean_file_name(*name);
}

std::string id_of(const Field& field) {
  const std::string value = header_text(unfold(field.value.substr(0, kLongestId)));
  std::string_view id = trim(value);
  if (id.starts_with('<')) id.remove_prefix(1);
  return std::string(trim(id.substr(0, id.find('>'))));
}

}  // namespace

std::string read_part_fields(Part& part, std::string_view type, Charsets& charsets) {
  const ContentFields fields = find_fields(part.header);
  if (fields.doubled) part.defects.add(Defect::doubled_field);
  part.type = type;
  ContentField content;
  if (fields.type != nullptr) {
    content = parse_content_field(fields.type->value, charsets);
    read_type(part, content.value, "text/plain");
    if (const std::string* charset = content.find("charset")) part.charset = to_lower(trim(*charset));
  }
  ContentField disposition;
  if (fields.disposition != nullptr) {
    disposition = parse_content_field(fields.disposition->value, charsets);
    part.disposition = disposition.value;
  }
  part.file_name = name_of(content, disposition);
  if (fields.id != nullptr) part.content_id = id_of(*fields.id);
  if (fields.encoding != nullptr) {
    const std::string_view value = fields.encoding->value.substr(0, fields.encoding->value.find(';'));
    const std::string encoding = parse_content_field(value, charsets).value;
    if (!read_transfer_encoding(encoding, part.encoding)) part.defects.add(Defect::bad_encoding);
  }
  if (!part.is_multipart()) return {};
  // Its bytes as they stand: boundary lines are not converted either.
  for (const Parameter& parameter : content.parameters) {
    if (parameter.name == "boundary") return parameter.bytes;
  }
  return {};
}

bool holds_message(std::string_view type) {
  constexpr std::string_view kTypes[] = {"message/rfc822", "message/global", "message/news",
                                         "message/rfc2822"};
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

std::string clean_file_name(std::string name) {
  std::replace_if(name.begin(), name.end(), is_control, ' ');
  return std::string(trim_blanks(name));
}

}  // namespace xspamd::mail
