// Verdicts and refusals as the bytes of each dialect. Pure. For every request that the Reader let through or
// refused there is an answer: silence would leave Exim with the verdict of an earlier message.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conf/config.h"
#include "proto/reader.h"
#include "proto/verdict.h"

namespace xspamd {

// For PROCESS and HEADERS this is the error line that leaves the mail as it is; server/mail_reply.h has the
// reply after a scan.
std::string verdict_reply(const Request& request, const Verdict& verdict, const conf::Config& config);

// The verdict that stands for a refused request; empty when its dialect answers by an error line or a page.
std::optional<Verdict> refusal_verdict(const Incoming& incoming, const conf::Config& config);
// Only where refusal_verdict is empty.
std::string error_reply(const Incoming& incoming);

// Answers without a scan: PING, and HTTP as long as it is not spoken. Empty: the request wants a scan.
std::optional<std::string> immediate_reply(const Request& request);

// The HTTP page for a request that comes at a bad time.
std::string http_unavailable();

// The number that stands second in SPAMC replies: of the thresholds that were in force.
Points spamc_required(const conf::Config& config, const Verdict& verdict);

// SPAMC has a score and a threshold only. Where something else decided the action, a line FORCED brings the
// score to the side of the threshold that the action stands for; the lines still add up.
Verdict as_spam_or_ham(const Verdict& verdict, const conf::Config& config, Points required);

}  // namespace xspamd
