#include "server/aftermath.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>

#include "proto/mail/header.h"
#include "rules/learn/lesson.h"
#include "rules/learn/owner.h"

namespace xspamd {

namespace {

constexpr std::size_t kLarge = 256 * 1024;
constexpr std::chrono::seconds kTrimTime{10};
constexpr std::chrono::seconds kLearnTime{5};
// Messages held for learning; under more load than that the clear ones among the next are not learned.
constexpr std::size_t kMostLearning = 8;

}  // namespace

void Aftermath::begin(std::shared_ptr<Scan> scan, Verdict& verdict, std::shared_ptr<const Plan> plan,
                      const asio::any_io_executor& loop) {
  for (const std::string& warning : scan->warnings)
    log_.warning(warning);
  for (const auto& task : scan->afterwards)
    task(verdict);
  write_history(*scan, verdict, *plan, loop);
  const conf::Learn& settings = plan->config.learn;
  std::string owner = settings.autolearn ? owner_of(scan->mail.request, settings.per) : std::string();
  const Autolearn which = choose(*scan, verdict, settings, owner);
  verdict.autolearn = name(which);
  if (which != Autolearn::ham && which != Autolearn::spam) return let_go(std::move(scan));
  ++learning_;
  asio::co_spawn(loop, learn(std::move(scan), which, std::move(owner), std::move(plan)), asio::detached);
}

void Aftermath::write_history(const Scan& scan, const Verdict& verdict, const Plan& plan,
                              const asio::any_io_executor& loop) {
  const conf::History& settings = plan.config.history;
  if (!memory_.store || !settings.enabled) return;
  const Field* field = scan.mail.message.first("Subject");
  const std::string subject = field == nullptr ? std::string() : decoded(*field);
  const std::size_t size = scan.mail.message.raw().size();
  const auto now = std::chrono::system_clock::now();
  const bool is_due =
      history_.record(*memory_.store, {verdict, scan.mail.request.envelope, size, subject, now}, settings);
  if (!is_due) return;
  asio::co_spawn(loop, trim_history(memory_.store, settings.entries, Clock::now() + kTrimTime),
                 asio::detached);
}

Autolearn Aftermath::choose(const Scan& scan, const Verdict& verdict, const conf::Learn& settings,
                            const std::string& owner) const {
  if (!settings.autolearn || learner_ == nullptr || !memory_.bayes) return Autolearn::disabled;
  const Autolearn which = autolearn_class(scan, verdict, settings, memory_.bayes->totals(owner));
  const bool is_clear = which == Autolearn::ham || which == Autolearn::spam;
  return is_clear && learning_ >= kMostLearning ? Autolearn::failed : which;
}

Task<> Aftermath::learn(std::shared_ptr<Scan> scan, Autolearn which, std::string owner,
                        std::shared_ptr<const Plan> plan) {
  auto job = [&mail = scan->mail, owner = std::move(owner), plan] {
    return lesson_of(mail, owner, plan->config.learn);
  };
  Learned learned;
  try {
    Lesson lesson = co_await on_pool(pool_, std::move(job));
    lesson.which = which == Autolearn::spam ? Tell::Class::spam : Tell::Class::ham;
    const Deadline until = Clock::now() + kLearnTime;
    if (learner_ != nullptr) {
      learned = co_await learner_->learn_unless_taught(std::move(lesson), until);
    }
  } catch (const std::exception& error) {
    learned = {Learned::Outcome::refused, error.what()};
  }
  --learning_;
  LogLine line = log_.line("autolearn");
  line.untrusted("qid", scan->mail.request.envelope.queue_id)
      .word("class", name(which))
      .untrusted("outcome", name(learned.outcome))
      .untrusted("why", learned.why);
  log_.write(Log::Level::info, line);
  let_go(std::move(scan));
}

// Giving back the memory of a large message takes milliseconds: the loop thread has others to serve.
void Aftermath::let_go(std::shared_ptr<Scan> scan) {
  if (scan->mail.message.raw().size() < kLarge) return;
  asio::post(pool_, [scan = std::move(scan)] {});
}

}  // namespace xspamd
