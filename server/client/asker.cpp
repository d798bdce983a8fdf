#include "server/client/asker.h"

#include <utility>

#include "server/client/exchange.h"
#include "server/client/exit_status.h"
#include "server/client/rspamc_reply.h"

namespace xspamd::client {

Attempt<Verdict> Asker::ask_now(std::string_view message) {
  auto connection = route_.connect();
  if (!connection) return tl::unexpected<Failure>(connection.error());
  const std::string head = rspamc_head(options_.envelope, message.size());
  RspamcReplyReader reader;
  const auto exchanged = exchange(*connection, {head, message}, reader, Clock::now() + options_.timeout);
  if (!exchanged) return tl::unexpected<Failure>(Failure{kIoError, exchanged.error().sentence});
  auto verdict = reader.take();
  if (verdict) return std::move(*verdict);
  const int status = verdict.error().code == Errc::invalid ? kProtocol : kIoError;
  return tl::unexpected<Failure>(Failure{status, std::move(verdict.error().sentence)});
}

Attempt<Verdict> Asker::ask(std::string_view message) {
  const auto began = Clock::now();
  auto verdict = ask_now(message);
  took_ = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  return verdict;
}

}  // namespace xspamd::client
