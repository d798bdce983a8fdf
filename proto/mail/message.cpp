#include "proto/mail/message.h"

#include <algorithm>
#include <utility>

#include "proto/base/text.h"

namespace xspamd {

namespace {

// FNV-1a. Names chosen to collide cost a comparison each, and Limits::headers bounds their number.
std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(to_lower(c));
    hash *= 0x100000001b3;
  }
  return hash;
}

std::string id_of(const Field& field) {
  const std::string value = mail::header_text(mail::unfold(field.value));
  const std::size_t open = value.find('<');
  if (open == std::string::npos) return value;
  const std::size_t close = value.find('>', open);
  if (close == std::string::npos) return std::string(trim(std::string_view(value).substr(open + 1)));
  return std::string(trim(std::string_view(value).substr(open + 1, close - open - 1)));
}

}  // namespace

Message::Message(std::string bytes, const Limits& limits, const Suffixes& suffixes)
    : Message(std::move(bytes), limits, suffixes, mail::Charsets()) {}

// One set of converters serves the whole reading, and goes when it has ended.
Message::Message(std::string bytes, const Limits& limits, const Suffixes& suffixes, mail::Charsets&& charsets)
    : bytes_(std::move(bytes)),
      header_(parse_header(bytes_, limits.headers)),
      mime_(parse_mime(bytes_, header_, limits, charsets)),
      contents_(read_contents(mime_, limits, suffixes, charsets)),
      defects_(header_.defects) {
  for (const Part& part : mime_.parts)
    defects_.add(part.defects);
  defects_.add(contents_.defects);
  index_.reserve(header_.fields.size());
  for (std::size_t i = 0; i < header_.fields.size(); ++i) {
    index_.push_back({name_hash(header_.fields[i].name), i});
  }
  std::sort(index_.begin(), index_.end());
  if (const Field* field = first("Message-ID")) {
    // No program writes longer ones, and what is shown of it is shorter still.
    constexpr std::size_t kLongestRead = 4096;
    message_id_ = id_of({field->name, field->value.substr(0, kLongestRead)});
  }
}

const Field* Message::first(std::string_view name) const {
  const std::uint64_t hash = name_hash(name);
  auto entry = std::lower_bound(index_.begin(), index_.end(), Entry{hash, 0});
  for (; entry != index_.end() && entry->hash == hash; ++entry) {
    const Field& field = header_.fields[entry->position];
    if (iequals(field.name, name)) return &field;
  }
  return nullptr;
}

std::vector<const Field*> Message::all(std::string_view name) const {
  std::vector<const Field*> found;
  const std::uint64_t hash = name_hash(name);
  auto entry = std::lower_bound(index_.begin(), index_.end(), Entry{hash, 0});
  for (; entry != index_.end() && entry->hash == hash; ++entry) {
    const Field& field = header_.fields[entry->position];
    if (iequals(field.name, name)) found.push_back(&field);
  }
  return found;
}

std::unique_ptr<const Message> parse_message(std::string body, const Limits& limits,
                                             const Suffixes& suffixes) {
  return std::make_unique<const Message>(std::move(body), limits, suffixes);
}

}  // namespace xspamd
