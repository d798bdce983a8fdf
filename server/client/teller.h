// Teller: tells the server what a message is and understands what it did. One connection a message, as the
// protocol has it. Blocks; any number of threads may use one Teller.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/client/connection.h"
#include "server/client/endpoint.h"
#include "server/client/spamd_reply.h"
#include "server/client/tell.h"
#include "server/client/tls.h"

namespace xspamd::client {

struct Told {
  enum class Outcome {
    learned,
    forgotten,
    unchanged,    // already learned as this; to be forgotten, but never learned; too short to be added
    refused,      // by the server: a status that is not EX_OK
    failed,       // no answer that can be understood, or none in time
    unreachable,  // no connection, or none in TLS
  };
  Outcome outcome = Outcome::failed;
  std::string reason;  // of the last three
};

struct TellOptions {
  Endpoint endpoint;
  std::optional<TlsOptions> tls;
  std::string user;  // empty: none is named
  Lesson lesson = Lesson::spam;
  // Of Lesson::fuzzy_add and fuzzy_delete; the weight is what xspamd counts whole by default.
  FuzzyOrder fuzzy = {std::nullopt, 10};
  std::chrono::seconds timeout{120};  // for one message, connecting included
};

Told understood(Lesson lesson, const SpamdReply& reply);

class Teller {
 public:
  // A server that has answered before may just be starting again.
  static constexpr int kMostTries = 4;
  static constexpr std::chrono::seconds kPause{1};

  explicit Teller(TellOptions options) : options_(std::move(options)) {}

  // Finds the addresses of the server; fails when there are none, or a file that TLS needs is of no use.
  Result<void> resolve();
  Told tell(std::string_view message);

 private:
  Result<Connection> connect(Clock::time_point until);
  Result<Connection> connect_once(Clock::time_point until) const;

  TellOptions options_;
  std::vector<SocketAddress> addresses_;
  std::optional<Tls> tls_;
  std::atomic<bool> was_reached_ = false;
};

}  // namespace xspamd::client
