// The messages of one stream of bytes, packed or not, one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "server/client/byte_source.h"
#include "server/client/mailbox.h"

namespace xspamd::client {

class MailReader {
 public:
  MailReader(Bytes bytes, std::size_t most_message_bytes);

  // The next message, nothing at the end. A failure is the end too: the message that it cut off is not given.
  Result<std::optional<MailMessage>> next();

 private:
  Result<std::size_t> read();

  Bytes bytes_;
  bool begun_ = false;
  bool ended_ = false;
  MailboxSplitter splitter_;
  std::vector<char> buffer_;
  std::string_view rest_;  // of what was read
};

}  // namespace xspamd::client
