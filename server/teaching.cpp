#include "server/teaching.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/spamc.h"
#include "rules/learn/content_digest.h"
#include "rules/learn/lesson.h"
#include "rules/learn/owner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kStoreTime{5};

// Pool thread: what is to be learned of a message, of the original where a filter has wrapped it.
Lesson read_lesson(Request request, const Plan& plan) {
  const Tell tell = request.tell;
  const Envelope envelope = request.envelope;
  const std::string owner = owner_of(request, plan.config.learn.per);
  Prepared prepared = prepare(std::move(request), plan.config, *plan.suffixes);
  if (auto original = wrapped_original(*prepared.message)) {
    Request inner;
    inner.envelope = envelope;
    inner.body = std::move(*original);
    prepared = prepare(std::move(inner), plan.config, *plan.suffixes);
  }
  const Mail mail{prepared.request, *prepared.message, prepared.origin, prepared.now};
  Lesson lesson = lesson_of(mail, owner, plan.config.learn);
  if (tell.set_local) lesson.which = tell.which;
  return lesson;
}

spamc::Told told_of(Learned::Outcome outcome) {
  using Outcome = Learned::Outcome;
  if (outcome == Outcome::learned || outcome == Outcome::relearned) return spamc::Told::learned;
  return outcome == Outcome::forgotten ? spamc::Told::forgotten : spamc::Told::nothing;
}

}  // namespace

bool may_teach(const conf::Learn& learn, std::string_view peer) {
  if (peer == "unix") return learn.allow_unix;
  std::string_view host = peer.substr(0, peer.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  return address && contains(learn.allow, *address);
}

Task<std::string> teach(Teaching teaching, Request request, std::shared_ptr<const Plan> plan) {
  const Tell tell = request.tell;
  if (!may_teach(plan->config.learn, teaching.peer))
    co_return spamc::write_error(spamc::kUnavailable, "TELL is not allowed from this address (learn.allow)");
  // What is told to remote services alone concerns nobody here.
  if (!tell.set_local && !tell.remove_local) co_return spamc::write_told(spamc::Told::nothing);
  auto job = [plan, body = std::move(request)]() mutable {
    return read_lesson(std::move(body), *plan);
  };
  Lesson lesson = co_await on_pool(teaching.pool, std::move(job));
  const Deadline until = Clock::now() + kStoreTime;
  const Learned learned = co_await teaching.learner.learn(std::move(lesson), until);
  LogLine line = teaching.log.line("tell");
  line.word("peer", teaching.peer)
      .word("class", !tell.set_local                   ? "-"
                     : tell.which == Tell::Class::spam ? "spam"
                                                       : "ham")
      .untrusted("outcome", name(learned.outcome))
      .untrusted("why", learned.why);
  teaching.log.write(Log::Level::info, line);
  if (learned.outcome == Learned::Outcome::refused)
    co_return spamc::write_error(spamc::kUnavailable, printable(learned.why));
  co_return spamc::write_told(told_of(learned.outcome));
}

}  // namespace xspamd
