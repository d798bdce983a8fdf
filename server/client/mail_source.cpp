#include "server/client/mail_source.h"

#include <fmt/format.h>

#include <utility>

#include "proto/base/text.h"
#include "server/client/file_source.h"

namespace xspamd::client {

namespace {

tl::unexpected<Error> in_file(const std::string& file, const Error& error) {
  return fail(error.code, fmt::format("{}: {}", file, error.sentence));
}

}  // namespace

MailSource::MailSource(std::vector<std::string> arguments, std::size_t most_message_bytes)
    : walk_(std::move(arguments)), most_message_bytes_(most_message_bytes) {}

Result<void> MailSource::open(const FoundFile& found) {
  const bool standard_input = !found.in_folder && found.path == kStandardInput;
  file_ = standard_input ? "(standard input)" : printable(found.path);
  number_ = 0;
  auto bytes = open_file(found, bytes_read_);
  if (!bytes && bytes.error().code == Errc::not_found) return {};
  if (!bytes) return in_file(file_, bytes.error());
  reader_.emplace(std::move(*bytes), most_message_bytes_);
  return {};
}

std::optional<Result<SourcedMail>> MailSource::next() {
  for (;;) {
    if (reader_) {
      auto message = reader_->next();
      if (!message) {
        reader_.reset();
        return in_file(file_, message.error());
      }
      if (*message) return SourcedMail{file_, ++number_, std::move(**message)};
      reader_.reset();
    }
    const auto file = walk_.next();
    if (!file) return std::nullopt;
    if (!*file) return tl::unexpected<Error>(file->error());
    if (auto opened = open(**file); !opened) return tl::unexpected<Error>(opened.error());
  }
}

}  // namespace xspamd::client
