// Asker: has a running xspamd scan a message, over RSPAMC, and returns its verdict. One connection a message.
// Blocks; one thread.
#pragma once

#include <chrono>
#include <string_view>

#include "proto/verdict.h"
#include "server/client/route.h"
#include "server/client/rspamc_request.h"

namespace xspamd::client {

struct AskOptions {
  RouteOptions route;
  GivenEnvelope envelope;
  std::chrono::seconds timeout{120};  // for one message, behind the connecting
};

class Asker {
 public:
  explicit Asker(const AskOptions& options) : options_(options), route_(options.route) {}

  // Once, before all others.
  Attempt<void> resolve() { return route_.resolve(); }
  Attempt<Verdict> ask(std::string_view message);
  // How long the last answer took.
  std::chrono::milliseconds took() const { return took_; }

 private:
  Attempt<Verdict> ask_now(std::string_view message);

  AskOptions options_;
  Route route_;
  std::chrono::milliseconds took_{};
};

}  // namespace xspamd::client
