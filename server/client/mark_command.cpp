#include "server/client/mark_command.h"

#include <fmt/format.h>

#include "server/client/exit_status.h"
#include "server/client/mail_input.h"
#include "server/client/mark_mail.h"
#include "server/client/outgoing.h"

namespace xspamd::client {

namespace {

int complain(int status, const std::string& why) {
  fmt::print(stderr, "xspamc: {}\n", why);
  return status;
}

Attempt<Verdict> verdict_on(const MailInput& input, const MarkOptions& options, Asker& asker) {
  if (input.too_large)
    return tl::unexpected<Failure>(
        Failure{kTooLarge, fmt::format("the message has more than {} bytes (-s)", options.most_bytes)});
  if (auto resolved = asker.resolve(); !resolved) return tl::unexpected<Failure>(resolved.error());
  return asker.ask(input.text);
}

int give(const Outgoing& mail, const MarkOptions& options) {
  if (options.command.empty()) {
    const auto written = write_out(mail);
    return written ? kFine : complain(kIoError, written.error().sentence);
  }
  const auto ended = pipe_to(options.command, mail);
  // The mail is still with whoever called us: another try may deliver it.
  return ended ? *ended : complain(kTryAgain, ended.error().sentence);
}

}  // namespace

int mark(const MarkOptions& options) {
  const auto input = read_input(options.most_bytes);
  if (!input) return complain(kIoError, input.error().sentence);
  if (input->text.empty()) return complain(kIoError, "standard input is empty");
  Asker asker(options.ask);
  const auto verdict = verdict_on(*input, options, asker);
  if (!verdict) {
    fmt::print(stderr, "xspamc: {}\n", verdict.error().why);
    // A size is no failure of the server: the next try would be the same.
    if (options.strict && !input->too_large) return verdict.error().status;
  }
  const std::string fields = verdict ? mark_fields(*verdict, options.json, asker.took())
                                     : trouble_fields(verdict.error().why, asker.took());
  const MarkedMail mail = marked(input->text, fields);
  return give({{mail.head, mail.rest}, input->too_large}, options);
}

}  // namespace xspamd::client
