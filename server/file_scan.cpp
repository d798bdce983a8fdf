#include "server/file_scan.h"

#include <fmt/format.h>

#include <cstdio>

#include "conf/file.h"
#include "proto/base/text.h"
#include "rules/io/resolver.h"
#include "rules/score.h"
#include "server/look_at_memory.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

Task<> scan_one(std::shared_ptr<const Plan> plan, Request request, Means means, const std::string& missing,
                FileScan& scanned) {
  const Deadline deadline = Clock::now() + plan->config.limits.scan;
  auto scan = co_await run_checks(plan, std::move(request), means, deadline);
  if (!missing.empty()) scan->note(fmt::format("store: {}; nothing that was learned is known", missing));
  scanned.verdict = score(*plan, *scan);
  scanned.scan = std::move(scan);
}

std::shared_ptr<Dns> dns_for(const Options& options, const Plan& plan, asio::io_context& loop) {
  if (options.arguments.flag("--local")) return std::make_shared<NoDns>("--local");
  return std::make_shared<Resolver>(loop.get_executor(), plan.config.dns);
}

}  // namespace

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

FileScanner::FileScanner(const Options& options, std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), pool_(1), loop_(1), means_{pool_, dns_for(options, *plan_, loop_)} {
  LookedAt looked = look_at_memory(plan_->config, loop_);
  means_.memory = std::move(looked.memory);
  missing_ = std::move(looked.missing);
}

FileScan FileScanner::scan(const std::string& file, Request request) {
  FileScan scanned{file, *plan_, {}, {}};
  run_alone(loop_, scan_one(plan_, std::move(request), means_, missing_, scanned));
  return scanned;
}

int scan_files(const Options& options, const std::function<int(const FileScan& scan)>& show) {
  auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const auto plan = std::get<std::shared_ptr<const Plan>>(loaded);
  const auto envelope = envelope_of(options.arguments);
  if (!envelope) {
    fmt::print(stderr, "xspamd: {}\n", envelope.error().sentence);
    return kUsage;
  }
  FileScanner scanner(options, plan);
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
    const int shown = show(scanner.scan(file, std::move(request)));
    if (shown != kFine) status = shown;
  }
  return status;
}

}  // namespace xspamd
