// What xspamc reads: a mailbox in any pieces, split into messages, and a server's reply to TELL. How the
// bytes are cut changes nothing, limits hold, no byte of a mailbox comes twice.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/base/text.h"
#include "server/client/mailbox.h"
#include "server/client/tell.h"
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

std::string read_reply(std::string_view bytes, std::size_t piece) {
  TellReplyReader reader;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
    reader.feed(bytes.substr(0, piece));
  reader.end();
  require(reader.done());
  const auto reply = reader.take();
  const std::string text = reply ? reply->text : reply.error().sentence;
  require(text == printable(text) && text.size() <= 4 * TellReplyReader::kMostText);
  return reply ? fmt::format("{} {} {} {}", reply->code, text, reply->did_set, reply->did_remove) : text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t piece = size == 0 ? 1 : 1 + data[size - 1] % 20;
  require(split_messages(bytes, size + 1) == split_messages(bytes, piece));
  require(read_reply(bytes, size + 1) == read_reply(bytes, piece));
  return 0;
}
