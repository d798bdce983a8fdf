// The command `scan`: the same plan and engine as the server's, on files, without a server.
#include <fmt/format.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cstdio>

#include "conf/file.h"
#include "proto/base/text.h"
#include "proto/rspamd_json.h"
#include "rules/engine.h"
#include "rules/score.h"
#include "server/commands.h"
#include "server/verdict_text.h"

namespace xspamd {

namespace {

Result<std::string> read_message(const std::string& file, std::size_t most) {
  return conf::read_file(file == "-" ? "/dev/stdin" : file, most);
}

Result<Envelope> envelope_of(const ScanOptions& options) {
  Envelope envelope;
  if (!options.ip.empty()) {
    envelope.client = IpAddress::parse(options.ip);
    if (!envelope.client)
      return fail(Errc::invalid, fmt::format("--ip {} is no IP address", quoted(options.ip)));
  }
  envelope.sender = options.from;
  envelope.recipients = options.recipients;
  envelope.helo = options.helo;
  envelope.hostname = options.hostname;
  envelope.user = options.user;
  return envelope;
}

struct Scanned {
  Verdict verdict;
  std::vector<std::string> notes;
};

Task<> scan_one(std::shared_ptr<const Plan> plan, Request request, Pool& pool, Scanned& scanned) {
  const Deadline deadline = Clock::now() + plan->config.limits.scan;
  auto scan = co_await run_checks(plan, std::move(request), pool, deadline);
  scanned.verdict = score(*plan, *scan);
  scanned.notes = std::move(scan->notes);
}

Scanned scan_message(const std::shared_ptr<const Plan>& plan, Request request, Pool& pool) {
  Scanned scanned;
  asio::io_context loop(1);
  asio::co_spawn(loop, scan_one(plan, std::move(request), pool, scanned), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
  return scanned;
}

void show(const std::string& file, const Scanned& scanned, const ScanOptions& options,
          const conf::Actions& actions) {
  if (options.json) {
    fmt::print("{}\n", to_rspamd_json(scanned.verdict, thresholds_of(actions)));
    return;
  }
  if (options.files.size() > 1) fmt::print("{}:\n", file);
  fmt::print("{}", verdict_text(scanned.verdict, actions));
  if (!options.verbose) return;
  for (const std::string& note : scanned.notes)
    fmt::print("note:   {}\n", printable(note));
}

}  // namespace

int scan_files(const Options& options) {
  auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const auto plan = std::get<std::shared_ptr<const Plan>>(loaded);
  const auto envelope = envelope_of(options.scan);
  if (!envelope) {
    fmt::print(stderr, "xspamd: {}\n", envelope.error().sentence);
    return kUsage;
  }
  Pool pool(1);
  int status = kFine;
  for (const std::string& file : options.scan.files) {
    auto message = read_message(file, plan->config.limits.message);
    if (!message) {
      fmt::print(stderr, "xspamd: {}: {}\n", file, message.error().sentence);
      status = kProblem;
      continue;
    }
    Request request;
    request.envelope = *envelope;
    request.body = std::move(*message);
    const Scanned scanned = scan_message(plan, std::move(request), pool);
    show(file, scanned, options.scan, plan->config.actions);
    if (options.scan.exit_code && scanned.verdict.action >= Action::add_header) status = kProblem;
  }
  pool.join();
  return status;
}

}  // namespace xspamd
