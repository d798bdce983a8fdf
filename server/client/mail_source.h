// The messages of all files and folders that the command line names, one after the other, none held but the
// one that is given. Blocks while it reads. One thread at a time may ask.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/client/folder_walk.h"
#include "server/client/mail_reader.h"

namespace xspamd::client {

struct SourcedMail {
  std::string file;          // fit to be shown
  std::uint64_t number = 0;  // in the file, from 1
  MailMessage message;
};

class MailSource {
 public:
  MailSource(std::vector<std::string> arguments, std::size_t most_message_bytes);

  // The next message, or what cannot be read: what else there is follows all the same. Nothing at the end.
  std::optional<Result<SourcedMail>> next();

  std::uint64_t bytes_read() const { return bytes_read_; }  // of the files as they lie there; from any thread

 private:
  Result<void> open(const FoundFile& file);

  FolderWalk walk_;
  std::size_t most_message_bytes_;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::optional<MailReader> reader_;  // of the file that is open
  std::string file_;
  std::uint64_t number_ = 0;
};

}  // namespace xspamd::client
