#include "server/memory_keeper.h"

#include <fmt/format.h>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "proto/base/text.h"
#include "rules/learn/owner.h"
#include "rules/store/open.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kLook{1};
constexpr std::chrono::seconds kLookAtGeneration{5};
constexpr std::chrono::minutes kTidyTime{5};
constexpr std::chrono::minutes kTidyAgain{1};  // after a failure

std::string without_digits(std::string text) {
  std::erase_if(text, is_digit);
  return text;
}

Memory open_memory(asio::io_context& loop, const std::string& url, Log& log) {
  OpenedStore opened = open_store(url, loop.get_executor());
  if (!opened.warning.empty()) log.warning(opened.warning);
  return {std::move(opened.store), std::make_shared<BayesMemory>()};
}

}  // namespace

MemoryKeeper::MemoryKeeper(asio::io_context& loop, const std::string& store_url, Log& log)
    : loop_(loop),
      log_(log),
      memory_(open_memory(loop, store_url, log)),
      learner_(*memory_.store, *memory_.bayes) {}

Task<> MemoryKeeper::run(const bool& stopping) {
  asio::steady_timer timer(loop_);
  asio::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  while (!stopping) {
    const bool changed = co_await is_changed_by_others();
    if (changed || !memory_.bayes->ready()) {
      co_await load();
    }
    tell_trouble();
    co_await make_room();
    timer.expires_after(kLook);
    co_await timer.async_wait(token);
  }
}

Task<> MemoryKeeper::load() {
  BayesMemory& bayes = *memory_.bayes;
  co_await bayes.load(*memory_.store);
  if (!bayes.ready() || bayes.tokens() == 0) co_return;
  log_.info(fmt::format("{} words and signs of {} ham and {} spam messages loaded", bayes.tokens(),
                        bayes.totals().ham, bayes.totals().spam));
}

// A command that imports writes beside the server, and leaves a new generation.
Task<bool> MemoryKeeper::is_changed_by_others() {
  if (memory_.bayes->is_elsewhere() || Clock::now() < look_at_) co_return false;
  look_at_ = Clock::now() + kLookAtGeneration;
  std::vector<StoreKey> keys{{Space::total, std::string(kGenerationId)}};
  const auto entries = co_await memory_.store->get(std::move(keys), look_at_);
  if (!entries) co_return false;
  const auto& entry = entries->front();
  std::string generation = entry ? entry->value : std::string();
  if (generation == generation_) co_return false;
  generation_ = std::move(generation);
  co_return memory_.bayes->ready();  // else it is loaded anyway
}

// Not begun while the store is in trouble, and awaited by run(): there is one at a time.
Task<> MemoryKeeper::make_room() {
  const TidyLimits limits;
  if (!is_nearly_full(*memory_.bayes, limits) || !trouble_.empty() || Clock::now() < tidy_at_) co_return;
  const Deadline until = Clock::now() + kTidyTime;
  const auto tidied = co_await drop_rare_tokens(*memory_.store, *memory_.bayes, limits, until);
  if (!tidied) {
    tidy_at_ = Clock::now() + kTidyAgain;
    co_return;
  }
  if (tidied->once > 0)
    log_.info(fmt::format("{} words and signs that were seen once were dropped to make room", tidied->once));
  if (tidied->oftener > 0)
    log_.info(
        fmt::format("{} words and signs that were seen rarely were dropped to make room", tidied->oftener));
}

// Once for each trouble, however many changes it costs; the number is told when it is over.
void MemoryKeeper::tell_trouble() {
  const std::string trouble = memory_.store->trouble();
  if (trouble.empty()) {
    if (!trouble_.empty()) log_.info(fmt::format("the store works again; it was: {}", trouble_));
  } else if (without_digits(trouble) != without_digits(trouble_)) {
    log_.warning(fmt::format("{}; nothing is learned until it works again", trouble));
  }
  trouble_ = trouble;
}

}  // namespace xspamd
