// What xspamc reads: a mailbox in any pieces, split into messages, and a server's replies. How the bytes
// are cut changes nothing, limits hold, no byte of a mailbox comes twice.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "server/client/mailbox.h"
#include "server/client/rspamc_reply.h"
#include "server/client/spamd_reply.h"
#include "tests/fuzz/require.h"

using namespace xspamd;
using namespace xspamd::client;

namespace {

constexpr std::size_t kMostMessage = 64;

std::vector<std::string> split_messages(std::string_view bytes, std::size_t piece) {
  std::vector<std::string> messages;
  MailboxSplitter splitter(kMostMessage);
  const std::size_t all = bytes.size();
  std::size_t given = 0;
  const auto keep = [&](const MailMessage& message) {
    require(message.too_large ? message.text.empty() && message.bytes > 0
                              : message.bytes == message.text.size());
    require(message.bytes > 0 && message.text.size() <= kMostMessage);
    given += message.bytes;
    messages.push_back(fmt::format("{} {}", message.bytes, message.text));
  };
  while (!bytes.empty()) {
    std::string_view taken = bytes.substr(0, piece);
    bytes.remove_prefix(taken.size());
    while (!taken.empty()) {
      if (const auto message = splitter.take(taken)) keep(*message);
    }
  }
  if (const auto message = splitter.end()) keep(*message);
  require(given <= all);
  return messages;
}

void feed(ReplyReader& reader, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    reader.feed(bytes.substr(0, piece));
  reader.end();
  require(reader.done());
}

void require_shown(const std::string& text) {
  require(text == printable(text) && text.size() <= 4 * SpamdReplyReader::kMostText);
}

std::string read_spamd(std::string_view bytes, std::size_t piece, SpamdReplyReader::Shape shape) {
  constexpr std::size_t kMostBody = 100;
  SpamdReplyReader reader(shape, kMostBody);
  feed(reader, bytes, piece);
  const auto reply = reader.take();
  const std::string text = reply ? reply->text : reply.error().sentence;
  require_shown(text);
  if (!reply) return text;
  require(reply->body.size() <= kMostBody);
  return fmt::format("{} {} {} {} {}", reply->code, text, reply->set.local, reply->removed.remote,
                     reply->body);
}

std::string read_rspamc(std::string_view bytes, std::size_t piece) {
  RspamcReplyReader reader;
  feed(reader, bytes, piece);
  const auto verdict = reader.take();
  if (verdict) return fmt::format("{} {}", verdict->score.thousandths, verdict->scores.size());
  require_shown(verdict.error().sentence);
  return verdict.error().sentence;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = size == 0 ? 1 : 1 + data[size - 1] % 20;
  require(split_messages(bytes, size + 1) == split_messages(bytes, piece));
  using Shape = SpamdReplyReader::Shape;
  for (const Shape shape : {Shape::status, Shape::head, Shape::verdict, Shape::head_and_body})
    require(read_spamd(bytes, size + 1, shape) == read_spamd(bytes, piece, shape));
  require(read_rspamc(bytes, size + 1) == read_rspamc(bytes, piece));
  return 0;
}
