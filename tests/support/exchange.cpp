#include "tests/support/exchange.h"

#include <algorithm>

#include "tests/support/run_task.h"

namespace xspamd::test {

namespace {

InFlight small_page() {
  auto page = InFlight::create(4);
  if (!page) throw std::runtime_error(page.error().sentence);
  return std::move(*page);
}

// Only what a test must not see shows.
std::unique_ptr<Log> quiet_log() {
  conf::Log settings;
  settings.level = "error";
  auto log = Log::open(settings, Log::Mode::direct);
  if (!log) throw std::runtime_error(log.error().sentence);
  return std::move(*log);
}

}  // namespace

Exchange::Exchange(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)),
      admission_(plan_->config.limits),
      in_flight_(small_page()),
      log_(quiet_log()),
      handler_(pool_, admission_, in_flight_, *log_, counters_) {}

Exchange::Answer Exchange::ask(std::string_view bytes, std::size_t piece, Dialogue::End end,
                               std::string_view unavailable, Deadline queue_until) {
  Reader reader(plan_->config.limits);
  while (!bytes.empty()) {
    const std::size_t taken = std::min(piece, bytes.size());
    reader.feed(bytes.substr(0, taken));
    while (reader.behind())
      reader.catch_up();
    bytes.remove_prefix(taken);
  }
  if (end == Dialogue::End::input) reader.end(Reader::End::input);
  if (end == Dialogue::End::idle) reader.end(Reader::End::idle);
  Answer answer;
  answer.complete = reader.done();
  if (!answer.complete) return answer;

  Asked asked;
  asked.incoming = reader.take();
  asked.size = reader.received();
  asked.peer = "test";
  asked.queue_until = queue_until;
  asked.unavailable = unavailable;
  answer.refusal = asked.incoming.refusal;
  answer.request.dialect = asked.incoming.request.dialect;
  answer.request.version = asked.incoming.request.version;
  answer.request.command = asked.incoming.request.command;
  answer.reply = run_task(handler_.answer(std::move(asked), plan_));
  return answer;
}

}  // namespace xspamd::test
