#include "server/client/teller.h"

#include <fmt/format.h>

#include <thread>
#include <utility>

#include "server/client/exchange.h"

namespace xspamd::client {

namespace {

using Outcome = Told::Outcome;

}  // namespace

Told understood(Lesson lesson, const SpamdReply& reply) {
  if (reply.code != 0) return {Outcome::refused, fmt::format("{} {}", reply.code, reply.text)};
  const bool fuzzy = lesson == Lesson::fuzzy_add || lesson == Lesson::fuzzy_delete;
  const bool set = fuzzy ? reply.set.remote : reply.set.local;
  const bool removed = fuzzy ? reply.removed.remote : reply.removed.local;
  if (lesson == Lesson::forget || lesson == Lesson::fuzzy_delete)
    return {removed ? Outcome::forgotten : Outcome::unchanged, ""};
  return {set ? Outcome::learned : Outcome::unchanged, ""};
}

Result<void> Teller::resolve() {
  if (options_.tls) {
    auto tls = Tls::load(*options_.tls);
    if (!tls) return tl::unexpected<Error>(tls.error());
    tls_ = std::move(*tls);
  }
  auto addresses = client::resolve(options_.endpoint);
  if (!addresses) return tl::unexpected<Error>(addresses.error());
  addresses_ = std::move(*addresses);
  return {};
}

Result<Connection> Teller::connect_once(Clock::time_point until) const {
  auto fd = connect_to(addresses_, until);
  if (!fd) return tl::unexpected<Error>(fd.error());
  Connection connection(std::move(*fd));
  if (!tls_) return connection;
  auto secure = connection.secure(*tls_, until);
  if (!secure) return fail(secure.error().code, fmt::format("no TLS: {}", secure.error().sentence));
  return connection;
}

Result<Connection> Teller::connect(Clock::time_point until) {
  for (int tries = 1;; ++tries) {
    auto connection = connect_once(until);
    if (connection) was_reached_ = true;
    if (connection || !was_reached_ || tries == kMostTries || Clock::now() + kPause >= until)
      return connection;
    std::this_thread::sleep_for(kPause);
  }
}

Told Teller::tell(std::string_view message) {
  const Clock::time_point until = Clock::now() + options_.timeout;
  auto connection = connect(until);
  if (!connection) return {Outcome::unreachable, connection.error().sentence};
  const std::string head = tell_head(tell_of(options_.lesson, options_.fuzzy), options_.user, message.size());
  SpamdReplyReader reader(SpamdReplyReader::Shape::head);
  const auto exchanged = exchange(*connection, {head, message}, reader, until);
  if (!exchanged) return {Outcome::failed, exchanged.error().sentence};
  const auto reply = reader.take();
  if (!reply) return {Outcome::failed, reply.error().sentence};
  return understood(options_.lesson, *reply);
}

}  // namespace xspamd::client
