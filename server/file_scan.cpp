#include "server/file_scan.h"

#include <fmt/format.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cstdio>

#include "conf/file.h"
#include "proto/base/text.h"
#include "rules/engine.h"
#include "rules/io/resolver.h"
#include "rules/score.h"

namespace xspamd {

namespace {

Result<std::string> read_message(const std::string& file, std::size_t most) {
  return conf::read_file(file == "-" ? "/dev/stdin" : file, most);
}

Result<Envelope> envelope_of(const Arguments& given) {
  Envelope envelope;
  const std::string ip = given.text("--ip");
  if (!ip.empty()) {
    envelope.client = IpAddress::parse(ip);
    if (!envelope.client) return fail(Errc::invalid, fmt::format("--ip {} is no IP address", quoted(ip)));
  }
  envelope.sender = given.text("--from");
  envelope.recipients = given.list("--rcpt");
  envelope.helo = given.text("--helo");
  envelope.hostname = given.text("--hostname");
  envelope.user = given.text("--user");
  return envelope;
}

Task<> scan_one(std::shared_ptr<const Plan> plan, Request request, Means means, FileScan& scanned) {
  const Deadline deadline = Clock::now() + plan->config.limits.scan;
  auto scan = co_await run_checks(plan, std::move(request), means, deadline);
  scanned.verdict = score(*plan, *scan);
  scanned.scan = std::move(scan);
}

// The resolver's own timers go on when the scan has ended, so the loop is stopped.
void run_scan(asio::io_context& loop, const std::shared_ptr<const Plan>& plan, Request request,
              const Means& means, FileScan& scanned) {
  asio::co_spawn(loop, scan_one(plan, std::move(request), means, scanned), [&loop](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
    loop.stop();
  });
  loop.restart();
  loop.run();
}

std::shared_ptr<Dns> dns_for(const Options& options, const Plan& plan, asio::io_context& loop) {
  if (options.arguments.flag("--local")) return std::make_shared<NoDns>("--local");
  return std::make_shared<Resolver>(loop.get_executor(), plan.config.dns);
}

}  // namespace

int scan_files(const Options& options, const std::function<int(const FileScan& scan)>& show) {
  auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const auto plan = std::get<std::shared_ptr<const Plan>>(loaded);
  const auto envelope = envelope_of(options.arguments);
  if (!envelope) {
    fmt::print(stderr, "xspamd: {}\n", envelope.error().sentence);
    return kUsage;
  }
  Pool pool(1);
  asio::io_context loop(1);
  const Means means{pool, dns_for(options, *plan, loop)};
  int status = kFine;
  for (const std::string& file : options.arguments.list("FILE")) {
    auto message = read_message(file, plan->config.limits.message);
    if (!message) {
      fmt::print(stderr, "xspamd: {}: {}\n", file, message.error().sentence);
      status = kProblem;
      continue;
    }
    Request request;
    request.envelope = *envelope;
    request.body = std::move(*message);
    FileScan scanned{file, *plan, {}, {}};
    run_scan(loop, plan, std::move(request), means, scanned);
    const int shown = show(scanned);
    if (shown != kFine) status = shown;
  }
  pool.join();
  return status;
}

}  // namespace xspamd
