// Whole messages, read as the server reads them, on any bytes: limits hold, indexes and views stay inside,
// all text is UTF-8, and reading twice gives the same.
#include <cstdint>

#include "proto/base/text.h"
#include "proto/mail/dump.h"
#include "proto/mail/message.h"
#include "tests/fuzz/require.h"
#include "tests/support/parsing.h"

using namespace xspamd;

namespace {

// Small, so that small inputs reach them.
Limits limits() {
  Limits limits;
  limits.headers = 30;
  limits.parts = 12;
  limits.depth = 6;
  limits.text = 2000;
  limits.urls = 10;
  limits.html_depth = 8;
  limits.archive_files = 5;
  limits.archive = 4096;
  return limits;
}

void check_texts(const Message& message) {
  std::size_t bytes = 0;
  for (const Text& text : message.texts()) {
    require(text.part < message.parts().size());
    require(is_utf8(text.visible) && is_utf8(text.hidden) && is_utf8(text.source));
    bytes += text.is_html ? text.source.size() : text.visible.size();
  }
  require(bytes <= limits().text);
}

void check_urls(const Message& message) {
  require(message.urls().size() <= limits().urls);
  for (const Url& url : message.urls()) {
    require(url.part < message.parts().size() && url.count > 0 && !url.full.empty());
    require(is_utf8(url.full) && is_utf8(url.text) && is_utf8(url.user));
  }
}

void check_files(const Message& message) {
  for (const Attachment& file : message.attachments()) {
    require(file.part < message.parts().size());
    require(file.entries.size() <= limits().archive_files);
    require(is_utf8(file.name) && is_utf8(file.extension));
  }
}

void check_parts(const Message& message) {
  require(!message.parts().empty() && message.parts().size() <= limits().parts);
  for (std::size_t i = 0; i < message.parts().size(); ++i) {
    const Part& part = message.parts()[i];
    require(part.depth <= limits().depth);
    require(i == 0 ? part.parent == Part::kNone : part.parent < i);
    require(decoded_body(part, 100).size() <= 100);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto message = parse_message(bytes, limits(), test::suffixes());
  check_parts(*message);
  check_texts(*message);
  check_urls(*message);
  check_files(*message);
  const std::string shown = dump(*message);
  require(is_utf8(shown));
  require(dump(*parse_message(bytes, limits(), test::suffixes())) == shown);
  for (const Field& field : message->fields())
    require(message->first(field.name) != nullptr && !message->all(field.name).empty());
  return 0;
}
