#include "server/memory_keeper.h"

#include <fmt/format.h>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "rules/store/open.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kLook{1};

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
    if (!memory_.bayes->ready()) {
      co_await memory_.bayes->load(*memory_.store);
      if (memory_.bayes->ready() && memory_.bayes->tokens() > 0)
        log_.info(fmt::format("{} words and signs of {} ham and {} spam messages loaded",
                              memory_.bayes->tokens(), memory_.bayes->totals().ham,
                              memory_.bayes->totals().spam));
    }
    tell_trouble();
    timer.expires_after(kLook);
    co_await timer.async_wait(token);
  }
}

void MemoryKeeper::tell_trouble() {
  const std::string trouble = memory_.store->trouble();
  if (trouble == told_) return;
  if (trouble.empty()) {
    log_.info("the store works again");
  } else {
    log_.warning(fmt::format("{}; mail is judged without what was learned", trouble));
  }
  told_ = trouble;
}

}  // namespace xspamd
