#include "server/doctor_store.h"

#include <fmt/format.h>

#include <asio/io_context.hpp>

#include "conf/redis_url.h"
#include "rules/learn/bayes_memory.h"
#include "rules/store/open.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

constexpr std::chrono::seconds kPatience{3};

Task<> ask(Store& store, Result<LearnedTotals>& answer) {
  std::vector<StoreKey> keys{{Space::total, ""}};
  const Deadline until = Clock::now() + kPatience;
  const auto entries = co_await store.get(std::move(keys), until);
  if (entries) {
    answer = totals_from(entries->front());
  } else {
    answer = tl::unexpected<Error>(entries.error());
  }
}

// The sentence of the store's own trouble says more than that there was no answer.
std::string reason(const Store& store, const Error& error) {
  const std::string trouble = store.trouble();
  return trouble.empty() ? error.sentence : trouble;
}

}  // namespace

void examine_store_service(const conf::Config& config, Findings& findings) {
  const std::string scheme = config.store_url.substr(0, config.store_url.find(':'));
  if (!conf::is_redis_scheme(scheme)) return;
  const auto url = conf::parse_redis_url(config.store_url);
  if (!url) return;  // refused already
  const std::string text = fmt::format("store {} at {}", scheme, conf::shown(url->hosts.front()));
  asio::io_context loop(1);
  const OpenedStore opened = open_store(config.store_url, loop.get_executor());
  Result<LearnedTotals> answer;
  run_alone(loop, ask(*opened.store, answer));
  if (answer) {
    findings.ok(
        fmt::format("{}: answers; {} ham and {} spam messages are learned", text, answer->ham, answer->spam));
  } else {
    findings.problem(text + ": does not answer", reason(*opened.store, answer.error()));
  }
}

}  // namespace xspamd
