// Origin: where the mail came from, as its Received fields tell. The topmost Received is the mail server's
// own, and no hop, when its client address equals the envelope's, or where the request carries no address
// (SPAMC); then client, HELO, reverse name and login come from it. Hops of networks.relays are passed over.
#pragma once

#include <vector>

#include "conf/config.h"
#include "proto/mail/received.h"
#include "proto/request.h"

namespace xspamd {

class Message;

struct Origin {
  std::vector<Received> hops;   // judged hops, latest first, without the mail server's own line
  std::optional<Received> own;  // the mail server's own line, if it is there
};

// Reads the Received fields; completes the envelope where the request head lacked what the own line tells.
Origin find_origin(Request& request, const Message& message, const conf::Networks& networks);

}  // namespace xspamd
