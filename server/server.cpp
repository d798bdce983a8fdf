#include "server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <thread>
#include <utility>

#include "rules/io/resolver.h"
#include "rules/map.h"
#include "server/list_watch.h"
#include "server/notify.h"
#include "server/reload.h"
#include "server/supervisor.h"
#include "server/version.h"

namespace xspamd {

namespace {

constexpr std::size_t kReadBuffer = 64 * 1024;
// How often a stopping server looks whether its connections have ended.
constexpr std::chrono::milliseconds kStopLook{20};
// A client that has connected just before the stop has this long to begin.
constexpr std::chrono::milliseconds kMomentToSpeak{300};
// How often the files of maps are looked at.
constexpr std::chrono::seconds kMapLook{10};
// For the answers given at the end of server.grace.
constexpr std::chrono::milliseconds kLastWords{1000};

std::size_t thread_count(const conf::Config& config) {
  if (config.server.threads > 0) return config.server.threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

Server::Server(std::shared_ptr<const Plan> plan, std::vector<ListenSocket> sockets, int control,
               InFlight in_flight, Log& log, Reload reload)
    : log_(log),
      pool_(thread_count(plan->config)),
      in_flight_(std::move(in_flight)),
      admission_(plan->config.limits),
      handler_(pool_, admission_, in_flight_, log_, counters_),
      buffer_(kReadBuffer),
      context_{handler_, admission_, counters_, log_, buffer_, {}, std::move(plan), false},
      loop_(1),
      signals_(loop_),
      control_(loop_),
      read_configuration_(std::move(reload)) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    signals_.add(signal);
  if (control >= 0) control_.assign(control);
  for (ListenSocket& socket : sockets) {
    addresses_ += (addresses_.empty() ? "" : ", ") + socket.address;
    listeners_.push_back(std::make_unique<Listener>(loop_, std::move(socket), context_));
  }
}

Server::~Server() {
  pool_.join();
  handler_.use(std::make_shared<NoDns>("stopping"));  // a resolver must go before its loop, as must the store
  handler_.use(Memory(), nullptr);
}

int Server::run() {
  handler_.use(std::make_shared<Resolver>(loop_.get_executor(), context_.plan->config.dns));
  keeper_ = std::make_unique<MemoryKeeper>(loop_, context_.plan->config.store_url, log_);
  handler_.use(keeper_->memory(), &keeper_->learner());
  asio::co_spawn(loop_, keeper_->run(context_.stopping), asio::detached);
  watch_signals();
  watch_supervisor();
  for (const auto& listener : listeners_)
    listener->start();
  asio::co_spawn(loop_, look_at_maps(), asio::detached);
  asio::co_spawn(loop_, look_at_lists(), asio::detached);
  ready();
  loop_.run();
  log_lists(*context_.plan->lists, log_);
  log_.info(counters_line());
  return 0;
}

void Server::ready() {
  const Plan& plan = *context_.plan;
  log_.info(fmt::format("xspamd {} ready on {}; {} symbols, {} threads, configuration {}", kVersion,
                        addresses_, plan.symbols.size(), thread_count(plan.config),
                        plan.config.file.empty() ? "built-in" : plan.config.file));
  log_.info(fmt::format("lists asked: {}", asked_lists(*plan.lists)));
  if (control_.is_open()) {
    tell_supervisor(control_.native_handle(), 'R');
  } else {
    notify_manager("READY=1");
  }
}

void Server::watch_signals() {
  signals_.async_wait([this](const asio::error_code& error, int signal) {
    if (error) return;
    if (signal != SIGHUP) return stop(signal == SIGTERM ? "SIGTERM" : "SIGINT");
    begin_reload();
    watch_signals();
  });
}

// The supervisor says nothing on this socket: whatever ends the wait means that it is gone.
void Server::watch_supervisor() {
  if (!control_.is_open()) return;
  control_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
    if (!error) stop("the supervisor is gone");
  });
}

// Reads the files of maps again when they have changed.
Task<> Server::look_at_maps() {
  asio::steady_timer timer(loop_);
  asio::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  while (!context_.stopping) {
    timer.expires_after(kMapLook);
    co_await timer.async_wait(token);
    if (context_.plan->maps.empty()) continue;
    auto job = [sources = context_.plan->maps] {
      return refresh_maps(sources);
    };
    const auto news = co_await on_pool(pool_, std::move(job));
    for (const std::string& warning : news.warnings)
      log_.warning(warning);
    for (const std::string& note : news.notes)
      log_.info(note);
  }
}

// At the start and once an hour; nobody waits for it.
Task<> Server::look_at_lists() {
  asio::steady_timer timer(loop_);
  asio::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  while (!context_.stopping) {
    const auto lists = context_.plan->lists;
    const auto dns = handler_.dns();
    if (lists->any_asked()) {
      co_await watch_lists(dns, lists, log_);
    }
    timer.expires_after(kListTrialEvery);
    co_await timer.async_wait(token);
    log_lists(*context_.plan->lists, log_);
  }
}

void Server::begin_reload() {
  reload_again_ = true;
  if (reloading_ || context_.stopping) return;
  reloading_ = true;
  asio::co_spawn(loop_, reload(), asio::detached);
}

// Running scans keep the plan they began with. A bad configuration changes nothing.
Task<> Server::reload() {
  while (std::exchange(reload_again_, false)) {
    auto job = read_configuration_;
    auto planned = co_await on_pool(pool_, std::move(job));
    for (const conf::Problem& problem : planned.problems.list()) {
      log_.write(problem.warning ? Log::Level::warning : Log::Level::error, to_string(problem));
    }
    if (planned.plan) {
      put_in_force(std::move(planned.plan));
    } else {
      log_.error("configuration not reloaded: the one in force stays");
    }
  }
  reloading_ = false;
}

void Server::put_in_force(std::shared_ptr<const Plan> plan) {
  for (const std::string_view key : keys_that_need_a_restart(context_.plan->config, plan->config)) {
    log_.warning(fmt::format("{} has changed: it takes effect at a restart", key));
  }
  const auto reopened = log_.reopen(plan->config.log);
  if (!reopened) log_.warning(fmt::format("{}; the log goes on where it went", reopened.error().sentence));
  // What it has learned is worth keeping where the servers are the same.
  if (plan->config.dns != context_.plan->config.dns) {
    handler_.use(std::make_shared<Resolver>(loop_.get_executor(), plan->config.dns));
  }
  reload_tls(plan->config.server);
  keep_learned(*context_.plan->lists, *plan->lists);
  context_.plan = std::move(plan);
  admission_.set_limits(context_.plan->config.limits);
  log_.info(fmt::format("configuration reloaded: {} symbols", context_.plan->symbols.size()));
}

// Connections that are open keep the certificate they began with.
void Server::reload_tls(const conf::Server& settings) {
  auto tls = load_tls(settings);
  if (!tls) {
    log_.warning(fmt::format("{}; the certificate in force stays", tls.error().sentence));
  } else if (*tls || !context_.tls) {
    context_.tls = std::move(*tls);
  }
}

void Server::stop(std::string_view why) {
  if (context_.stopping) return;
  context_.stopping = true;
  log_.info(fmt::format("stopping: {}; {} connections open", why, context_.sessions.size()));
  if (control_.is_open()) tell_supervisor(control_.native_handle(), 'D');
  if (!control_.is_open()) notify_manager("STOPPING=1");
  for (const auto& listener : listeners_)
    listener->stop();
  asio::co_spawn(loop_, finish_stopping(), asio::detached);
}

Task<> Server::finish_stopping() {
  const Deadline silence = Clock::now() + kMomentToSpeak;
  const Deadline until = Clock::now() + context_.plan->config.server.grace;
  asio::steady_timer timer(loop_);
  asio::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  while ((!context_.sessions.empty() || handler_.is_busy()) && Clock::now() < until + kLastWords) {
    const bool late = Clock::now() >= until;
    if (late) admission_.close();
    for (auto next = context_.sessions.begin(); next != context_.sessions.end();) {
      Session* session = *next++;  // close() takes it off the list
      if (Clock::now() >= silence && session->silent()) {
        session->close();
      } else if (late) {
        session->hurry("stopping");
      }
    }
    timer.expires_after(kStopLook);
    co_await timer.async_wait(token);
  }
  loop_.stop();
}

std::string Server::counters_line() const {
  const Counters& c = counters_;
  return fmt::format(
      "stopped: {} connections, {} scans, {} not scanned, {} over limits.message, {} errors, {} clients "
      "gone, "
      "{} not allowed, {} idle closed, {} log lines dropped",
      c.connections, c.scans, c.not_scanned, c.over_limit, c.errors, c.clients_gone, c.not_allowed,
      c.idle_closed, log_.dropped());
}

}  // namespace xspamd
