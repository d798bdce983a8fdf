#include "server/teaching.h"

#include <fmt/format.h>

#include "proto/base/text.h"
#include "proto/spamc.h"
#include "rules/fuzzy/memory.h"
#include "rules/learn/content_digest.h"
#include "rules/learn/lesson.h"
#include "rules/learn/owner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kStoreTime{5};

// What is asked of a message, of the original where a filter has wrapped it.
struct Lessons {
  std::optional<Lesson> words;           // local
  std::optional<fuzzy::Lesson> digests;  // remote
};

fuzzy::Lesson fuzzy_lesson(const Mail& mail, const Tell& tell, const conf::Learn& learn) {
  fuzzy::Lesson lesson;
  lesson.digests = fuzzy::digests_of(mail.message);
  lesson.order = tell.fuzzy;
  lesson.forget = tell.remove_remote;
  if (!lesson.forget && !lesson.order.flag)
    lesson.order.flag = tell.which == Tell::Class::spam ? FuzzyFlag::denied : FuzzyFlag::white;
  lesson.now = mail.now;
  lesson.lifetime = std::chrono::ceil<std::chrono::seconds>(learn.fuzzy_expiry);
  return lesson;
}

// Pool thread.
Lessons read_lessons(Request request, const Plan& plan) {
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
  Lessons lessons;
  if (tell.set_local || tell.remove_local) {
    lessons.words = lesson_of(mail, owner, plan.config.learn);
    if (tell.set_local) lessons.words->which = tell.which;
  }
  if (tell.set_remote || tell.remove_remote) lessons.digests = fuzzy_lesson(mail, tell, plan.config.learn);
  return lessons;
}

spamc::Told told_of(Learned::Outcome outcome) {
  using Outcome = Learned::Outcome;
  if (outcome == Outcome::learned || outcome == Outcome::relearned) return spamc::Told::learned;
  return outcome == Outcome::forgotten ? spamc::Told::forgotten : spamc::Told::nothing;
}

// What the log says of fuzzy digests.
std::string_view outcome_of(const Result<bool>& done, bool forget) {
  if (!done) return "refused";
  if (forget) return *done ? "forgotten" : "never learned";
  return *done ? "learned" : "too short";
}

struct Said {
  spamc::Told told = spamc::Told::nothing;
  std::string trouble;
};

Task<Said> teach_words(Teaching teaching, Lesson lesson, Deadline until) {
  const auto which = lesson.which;
  const Learned learned = co_await teaching.learner.learn(std::move(lesson), until);
  LogLine line = teaching.log.line("tell");
  line.word("peer", teaching.peer)
      .word("class", !which                        ? "-"
                     : *which == Tell::Class::spam ? "spam"
                                                   : "ham")
      .untrusted("outcome", name(learned.outcome))
      .untrusted("why", learned.why);
  teaching.log.write(Log::Level::info, line);
  Said said{told_of(learned.outcome), {}};
  if (learned.outcome == Learned::Outcome::refused) said.trouble = learned.why;
  co_return said;
}

Task<Said> teach_digests(Teaching teaching, fuzzy::Lesson lesson, Deadline until) {
  const bool forget = lesson.forget;
  const auto flag = lesson.order.flag;
  const std::shared_ptr<Store> store = teaching.store;
  const auto done = co_await fuzzy::teach(*store, std::move(lesson), until);
  Said said;
  if (!done) {
    said.trouble = done.error().sentence;
  } else if (*done) {
    said.told = forget ? spamc::Told::forgotten : spamc::Told::learned;
  }
  LogLine line = teaching.log.line("tell");
  line.word("peer", teaching.peer)
      .word("fuzzy", flag ? name(*flag) : "-")
      .untrusted("outcome", outcome_of(done, forget))
      .untrusted("why", said.trouble);
  teaching.log.write(Log::Level::info, line);
  co_return said;
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
  if (!may_teach(plan->config.learn, teaching.peer))
    co_return spamc::write_error(spamc::kUnavailable, "TELL is not allowed from this address (learn.allow)");
  auto job = [plan, body = std::move(request)]() mutable {
    return read_lessons(std::move(body), *plan);
  };
  Lessons lessons = co_await on_pool(teaching.pool, std::move(job));
  const Deadline until = Clock::now() + kStoreTime;
  Said local;
  if (lessons.words) {
    Said said = co_await teach_words(teaching, std::move(*lessons.words), until);
    local = std::move(said);
  }
  Said remote;
  if (lessons.digests && local.trouble.empty()) {
    Said said = co_await teach_digests(teaching, std::move(*lessons.digests), until);
    remote = std::move(said);
  }
  const std::string& trouble = local.trouble.empty() ? remote.trouble : local.trouble;
  if (!trouble.empty()) co_return spamc::write_error(spamc::kUnavailable, printable(trouble));
  co_return spamc::write_told(local.told, remote.told);
}

}  // namespace xspamd
