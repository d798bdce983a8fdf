#include "rules/fuzzy/digests.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/auth/crypto.h"

namespace xspamd::fuzzy {

namespace {

std::string id_of(std::string_view bytes) {
  return auth::digest_of(auth::Hash::sha256, bytes).substr(0, kDigest);
}

// As it stands but for white space and ASCII capitals: what may differ in a long text is all there is here.
std::string id_of_short(std::string_view text) {
  std::string squeezed = "short\n";
  for (const char c : text)
    if (!is_space(c)) squeezed += to_lower(c);
  return id_of(squeezed);
}

void add(Digest digest, std::vector<Digest>& digests) {
  const bool known =
      std::any_of(digests.begin(), digests.end(), [&](const Digest& each) { return each.id == digest.id; });
  if (!known) digests.push_back(std::move(digest));
}

void add_text(const Message& message, std::vector<Digest>& digests) {
  const std::string_view text = message_text(message);
  TextShape shape = text_shape(text);
  if (shape.shingles) {
    add({id_of("shingles\n" + to_bytes(*shape.shingles)), Kind::text, shape.shingles}, digests);
  } else if (shape.words >= kLeastShortWords) {
    add({id_of_short(text), Kind::text, std::nullopt}, digests);
  }
}

bool is_image(const Attachment& file) {
  return file.sniffed.empty() ? file.type.starts_with("image/") : file.sniffed.starts_with("image/");
}

void add_files(const Message& message, std::vector<Digest>& digests) {
  std::size_t files = 0;
  std::size_t room = kMostFileBytes;
  for (const Attachment& file : message.attachments()) {
    if (file.size < kLeastFileBytes || file.size > room) continue;
    if (++files > kMostFiles) return;
    room -= file.size;
    const std::string bytes = decoded_body(message.parts()[file.part], kMostFileBytes);
    add({id_of(bytes), is_image(file) ? Kind::image : Kind::file, std::nullopt}, digests);
  }
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "txt";
    case Kind::file:
      return "bin";
    case Kind::image:
      return "img";
  }
  return "";
}

std::vector<Digest> digests_of(const Message& message) {
  std::vector<Digest> digests;
  add_text(message, digests);
  add_files(message, digests);
  return digests;
}

std::string_view message_text(const Message& message) {
  const Text* longest = nullptr;
  const Text* html = nullptr;
  for (const Text& text : message.texts()) {
    if (text.is_attached) continue;
    if (longest == nullptr || text.counts.words > longest->counts.words) longest = &text;
    if (text.is_html && (html == nullptr || text.counts.words > html->counts.words)) html = &text;
  }
  if (html != nullptr && html->counts.words >= kLeastWords) longest = html;
  return longest == nullptr ? std::string_view() : longest->visible;
}

}  // namespace xspamd::fuzzy
