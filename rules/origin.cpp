#include "rules/origin.h"

#include "proto/base/text.h"
#include "proto/mail/header.h"
#include "proto/mail/message.h"

namespace xspamd {

namespace {

// The mail server writes its own line with the client it talked to; a local submission names no address.
bool is_own(const Received& top, const Envelope& envelope) {
  if (!envelope.client) return true;
  return top.ip && *top.ip == *envelope.client;
}

// What the request head lacked. A head that is RSPAMC's and names no client tells of a local submission.
void complete(Envelope& envelope, const Received& own, Dialect dialect) {
  if (dialect == Dialect::rspamc && !envelope.client) return;
  envelope.client = own.ip;
  if (envelope.helo.empty()) envelope.helo = own.helo;
  if (envelope.hostname.empty()) envelope.hostname = own.rdns;
  if (envelope.user.empty()) envelope.user = own.user;
  envelope.authenticated_without_name = own.authenticated;
}

}  // namespace

Origin find_origin(Request& request, const Message& message, const conf::Networks& networks) {
  Envelope& envelope = request.envelope;
  Origin origin;
  bool top = true;
  for (const Field* field : message.all("Received")) {
    auto received = parse_received(mail::unfold(field->value));
    const bool own = top && received && is_own(*received, envelope);
    top = false;
    if (!received) continue;
    if (own) {
      complete(envelope, *received, request.dialect);
      origin.own = std::move(received);
    } else if (!received->ip || !contains(networks.relays, *received->ip)) {
      origin.hops.push_back(std::move(*received));
    }
  }
  return origin;
}

}  // namespace xspamd
