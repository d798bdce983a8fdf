#include "server/client/scan_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "server/client/exit_status.h"
#include "server/client/file_source.h"
#include "server/client/mail_source.h"
#include "server/client/outgoing.h"
#include "server/client/scan_report.h"

namespace xspamd::client {

namespace {

class Scanner {
 public:
  explicit Scanner(ScanOptions options)
      : options_(std::move(options)),
        asker_(options_.ask),
        source_(options_.files, ScanOptions::kMostMessageBytes) {}

  int run();

 private:
  void take(const SourcedMail& mail);
  void trouble(int status, const std::string& why);
  void print(const std::string& text);

  ScanOptions options_;
  Asker asker_;
  MailSource source_;
  bool over_ = false;
  int status_ = kFine;
};

// The status tells the gravest trouble: the numbers happen to grow with it.
void Scanner::trouble(int status, const std::string& why) {
  fmt::print(stderr, "xspamc: {}\n", why);
  status_ = std::max(status_, status);
}

// Nobody is left to scan for when the reader has gone.
void Scanner::print(const std::string& text) {
  const auto written = write_out({{text}});
  if (written) return;
  trouble(kIoError, written.error().sentence);
  over_ = true;
}

void Scanner::take(const SourcedMail& mail) {
  const std::string name =
      mail.number > 1 ? fmt::format("{}, message {}", mail.file, mail.number) : mail.file;
  if (mail.message.too_large)
    return trouble(kProblem, fmt::format("{} has {} bytes, over {}, and is skipped", name, mail.message.bytes,
                                         ScanOptions::kMostMessageBytes));
  const auto verdict = asker_.ask(mail.message.text);
  if (verdict)
    return print(options_.json ? scan_json(*verdict, asker_.took()) + "\n"
                               : scan_report(name, *verdict, asker_.took()));
  // Without a server the other messages are not tried.
  const Failure& failure = verdict.error();
  const bool is_answer = failure.status == kIoError || failure.status == kProtocol;
  over_ = !is_answer;
  trouble(is_answer ? kProblem : failure.status, fmt::format("{}: {}", name, failure.why));
}

int Scanner::run() {
  if (const auto resolved = asker_.resolve(); !resolved) {
    trouble(resolved.error().status, resolved.error().why);
    return status_;
  }
  while (!over_) {
    const auto mail = source_.next();
    if (!mail) break;
    if (*mail)
      take(**mail);
    else
      trouble(kIoError, mail->error().sentence);
  }
  return status_;
}

}  // namespace

int scan(ScanOptions options) {
  if (options.files.empty()) options.files = {std::string(kStandardInput)};
  return Scanner(std::move(options)).run();
}

}  // namespace xspamd::client
