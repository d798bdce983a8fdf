// Scans of files without a server, for the commands that show verdicts: the same plan and engine as the
// server's.
#pragma once

#include <array>
#include <asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/verdict.h"
#include "rules/engine.h"
#include "rules/scan.h"
#include "server/commands.h"

namespace xspamd {

// What every such command is told about the envelope.
inline constexpr std::array<Argument, 8> kScanArguments{
    {{"FILE", Argument::Kind::words, "Messages; - is standard input"},
     {"--ip", Argument::Kind::text, "Address of the client that sent the message"},
     {"--from", Argument::Kind::text, "Envelope sender"},
     {"--rcpt", Argument::Kind::list, "Envelope recipient; may be repeated"},
     {"--helo", Argument::Kind::text, "HELO name of the client"},
     {"--hostname", Argument::Kind::text, "Verified reverse name of the client"},
     {"--user", Argument::Kind::text, "Login of an authenticated sender"},
     {"--local", Argument::Kind::flag, "Ask no DNS"}}};

struct FileScan {
  const std::string& file;
  const Plan& plan;
  Verdict verdict;
  std::unique_ptr<const Scan> scan;
};

// The envelope that such a command is told. Fails on an --ip that is no address.
Result<Envelope> envelope_of(const Arguments& given);

// A message; "-" is standard input. Fails with the reason, without the name of the file.
Result<std::string> read_message(const std::string& file, std::size_t most);

// Runs a plan on messages, one after the other, with a loop and a pool of its own.
class FileScanner {
 public:
  FileScanner(const Options& options, std::shared_ptr<const Plan> plan);
  ~FileScanner() { pool_.join(); }

  FileScan scan(const std::string& file, Request request);

 private:
  std::shared_ptr<const Plan> plan_;
  Pool pool_;
  asio::io_context loop_;
  Means means_;
  std::string missing_;  // why nothing that was learned is known
};

// Calls `show` for each FILE that can be read. The exit status: what `show` returned last that is not 0;
// 1 when a file could not be read, 64 or 78 when nothing was scanned.
int scan_files(const Options& options, const std::function<int(const FileScan& scan)>& show);

}  // namespace xspamd
