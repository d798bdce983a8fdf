#include "server/client/mail_reader.h"

#include <utility>

#include "server/client/decompress.h"

namespace xspamd::client {

MailReader::MailReader(Bytes bytes, std::size_t most_message_bytes)
    : bytes_(std::move(bytes)), splitter_(most_message_bytes), buffer_(kReadBytes) {}

Result<std::size_t> MailReader::read() {
  if (!std::exchange(begun_, true)) {
    auto whole = unpacked(std::move(bytes_));
    if (!whole) return tl::unexpected<Error>(whole.error());
    bytes_ = std::move(*whole);
  }
  return bytes_->read(buffer_);
}

Result<std::optional<MailMessage>> MailReader::next() {
  while (!ended_) {
    if (auto message = splitter_.take(rest_)) return message;
    const auto got = read();
    ended_ = !got || *got == 0;
    if (!got) return tl::unexpected<Error>(got.error());
    if (*got == 0) return splitter_.end();
    rest_ = std::string_view(buffer_.data(), *got);
  }
  return std::nullopt;
}

}  // namespace xspamd::client
