#include "server/mail_reply.h"

#include <fmt/format.h>

#include <chrono>
#include <random>

#include "proto/mail/message.h"
#include "proto/rewrite.h"
#include "proto/spamc.h"
#include "server/reply.h"
#include "server/version.h"

namespace xspamd {

namespace {

// What the subject becomes: by the action, as in the other dialects, also where a more severe one was
// reached; else by spamc.rewrite_subject.
std::string subject_pattern(const Verdict& verdict, bool spam, const conf::Config& config) {
  const bool by_score = verdict.thresholds.contains(Action::rewrite_subject);
  const bool by_action =
      verdict.action == Action::rewrite_subject || (verdict.action > Action::rewrite_subject && by_score);
  if (by_action) return config.actions.subject;
  const std::string& mark = config.spamc.rewrite_subject;
  return spam && !mark.empty() ? mark + " %s" : std::string();
}

std::uint64_t random_number() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// The first text that is shown.
std::string preview_of(const Message& message) {
  for (const Text& text : message.texts()) {
    if (!text.is_attached && !text.visible.empty()) return text.visible;
  }
  return {};
}

}  // namespace

std::string mail_reply(const Mail& mail, const Verdict& verdict, const conf::Config& config) {
  if (mail.request.was_batch)
    return spamc::write_error(spamc::kUnavailable, "batch SMTP is not given back: send the message alone");
  const Points required = spamc_required(config, verdict);
  const Verdict told = as_spam_or_ham(verdict, config, required);
  const bool spam = told.score >= required;
  RewriteOptions options;
  options.required = required;
  options.report_safe = config.spamc.report_safe;
  options.subject = subject_pattern(verdict, spam, config);
  options.marker = {"xspamd", std::string(kVersion), std::string(kReleased), config.server.hostname};
  options.max_report = config.limits.report;
  options.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (spam && options.report_safe > 0) {
    options.preview = preview_of(mail.message);
    options.random = random_number();
  }
  const OriginalMail original{mail.request.preamble, mail.message.raw()};
  const RewrittenMail rewritten = rewrite(original, told, options);
  return spamc::write_mail(mail.request, told, required, rewritten);
}

}  // namespace xspamd
