#include "server/handler.h"

#include <fmt/format.h>
#include <unistd.h>

#include <asio/this_coro.hpp>

#include "proto/spamc.h"
#include "rules/engine.h"
#include "rules/score.h"
#include "server/mail_reply.h"
#include "server/reply.h"
#include "server/scan_log.h"
#include "server/spamd_log.h"
#include "server/teaching.h"

namespace xspamd {

namespace {

// A queue id in the page that the supervisor prints after a crash.
class InFlightEntry {
 public:
  InFlightEntry(InFlight& page, std::string_view queue_id) : page_(page), slot_(page.enter(queue_id)) {}
  ~InFlightEntry() { page_.leave(slot_); }
  InFlightEntry(const InFlightEntry&) = delete;
  InFlightEntry& operator=(const InFlightEntry&) = delete;

 private:
  InFlight& page_;
  std::size_t slot_;
};

// What the log shows and the writers ask for: the request without its body.
Request without_body(const Request& request) {
  Request copy;
  copy.dialect = request.dialect;
  copy.version = request.version;
  copy.command = request.command;
  copy.envelope = request.envelope;
  copy.profile_user = request.profile_user;
  return copy;
}

}  // namespace

// Whatever goes wrong in here, the client gets a verdict.
Task<std::string> Handler::answer(Asked asked, std::shared_ptr<const Plan> plan) {
  std::string problem;
  try {
    co_return co_await judge(asked, plan);
  } catch (const std::exception& error) {
    problem = error.what();
  }
  log_.error(fmt::format("a request failed: {}", problem));
  const Verdict failed = failure_verdict(plan->config, "error");
  co_return verdict_reply(asked.incoming.request, failed, plan->config);
}

Task<std::string> Handler::judge(Asked& asked, std::shared_ptr<const Plan> plan) {
  Incoming& incoming = asked.incoming;
  // A request that we ended early is not the client's fault.
  const bool ended_early = incoming.refusal == Refusal::stalled || incoming.refusal == Refusal::cut_off;
  if (ended_early && asked.has_head && !asked.unavailable.empty()) {
    const Verdict failed = failure_verdict(plan->config, asked.unavailable);
    co_return reply(asked, failed, *plan);
  }
  if (incoming.refusal != Refusal::none) {
    if (const auto refused = refusal_verdict(incoming, plan->config)) co_return reply(asked, *refused, *plan);
    ++counters_.errors;
    LogLine line = log_.line("error");
    line.word("peer", asked.peer).untrusted("problem", incoming.detail);
    log_.write(Log::Level::info, line);
    co_return error_reply(incoming);
  }
  if (auto at_once = immediate_reply(incoming.request)) co_return std::move(*at_once);
  if (incoming.request.command == Command::skip) {
    const Verdict skipped = passing_verdict(plan->config, "SKIPPED", {});
    co_return reply(asked, skipped, *plan);
  }
  if (incoming.request.command == Command::tell) {
    std::string told = co_await tell(asked, plan);
    co_return told;
  }
  if (!asked.unavailable.empty()) {
    const Verdict failed = failure_verdict(plan->config, asked.unavailable);
    co_return reply(asked, failed, *plan);
  }
  Judged judged = co_await scan(incoming.request, asked.queue_until, plan);
  if (judged.reply.empty()) co_return reply(asked, judged.verdict, *plan);
  log_verdict(asked, judged.verdict, *plan);
  co_return std::move(judged.reply);
}

Task<std::string> Handler::tell(Asked& asked, std::shared_ptr<const Plan> plan) {
  Admission::Slot slot(admission_);
  const bool admitted = co_await slot.take(asked.queue_until);
  const std::string_view why = !asked.unavailable.empty() ? asked.unavailable : admitted ? "" : "overload";
  if (!why.empty()) co_return spamc::write_error(spamc::kUnavailable, why);
  if (learner_ == nullptr) co_return spamc::write_error(spamc::kUnavailable, "nothing can be learned now");
  const Teaching teaching{pool_, *learner_, memory_.store, log_, asked.peer};
  std::string told = co_await teach(teaching, std::move(asked.incoming.request), plan);
  co_return told;
}

// The body moves out of `request`; its envelope comes back completed from the message.
Task<Handler::Judged> Handler::scan(Request& request, Deadline queue_until,
                                    std::shared_ptr<const Plan> plan) {
  const auto asked_at = Clock::now();
  Admission::Slot slot(admission_);
  const bool admitted = co_await slot.take(queue_until);
  Judged judged;
  if (!admitted) {
    judged.verdict = failure_verdict(plan->config, admission_.closed() ? "stopping" : "overload");
    co_return judged;
  }
  const auto began = Clock::now();
  const InFlightEntry entry(in_flight_, request.envelope.queue_id);
  ++counters_.scans;
  Request whole = without_body(request);
  whole.body = std::move(request.body);
  const Deadline deadline = began + plan->config.limits.scan;
  const Means means{pool_, dns_, memory_};
  std::string problem;
  try {
    auto scanned = co_await run_checks(plan, std::move(whole), means, deadline);
    std::shared_ptr<Scan> done = std::move(scanned);
    Verdict& verdict = judged.verdict;
    verdict = score(*plan, *done);
    verdict.timings.queued = std::chrono::duration_cast<Timings::Microseconds>(began - asked_at);
    request.envelope = done->mail.request.envelope;
    const auto executor = co_await asio::this_coro::executor;
    aftermath_.begin(done, verdict, plan, executor);
    if (request.dialect != Dialect::spamc || !rewrites_mail(request.command)) co_return judged;
    auto job = [plan, verdict, scan = std::move(done)]() mutable {
      std::string reply = mail_reply(scan->mail, verdict, plan->config);
      scan.reset();
      return reply;
    };
    judged.reply = co_await on_pool(pool_, std::move(job));
    co_return judged;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  log_.error(fmt::format("scan failed: {}", problem));
  judged.verdict = failure_verdict(plan->config, "error");
  co_return judged;
}

void Handler::log_verdict(const Asked& asked, const Verdict& verdict, const Plan& plan) {
  const Incoming& incoming = asked.incoming;
  if (verdict.forced_by == "NOT_SCANNED") ++counters_.not_scanned;
  if (incoming.refusal == Refusal::too_large) ++counters_.over_limit;
  const conf::Config& config = plan.config;
  if (config.log.format != "spamd") {
    LogLine line = log_.line("scan");
    describe(line, {incoming.request, verdict, asked.size, asked.peer, incoming.detail});
    return log_.write(Log::Level::info, line);
  }
  const Points required = spamc_required(config, verdict);
  const Verdict told = as_spam_or_ham(verdict, config, required);
  const ScanRecord record{incoming.request, told, asked.size, asked.peer, incoming.detail};
  for (const std::string& line : spamd_lines(record, required, ::geteuid()))
    log_.info(line);
}

std::string Handler::reply(const Asked& asked, const Verdict& verdict, const Plan& plan) {
  log_verdict(asked, verdict, plan);
  return verdict_reply(asked.incoming.request, verdict, plan.config);
}

}  // namespace xspamd
