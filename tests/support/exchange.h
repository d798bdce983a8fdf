// Exchange: what a session does with a client, without the socket: pieces into the Reader, its request into
// the Handler, reply bytes out.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/handler.h"
#include "tests/support/dialogue.h"

namespace xspamd::test {

class Exchange {
 public:
  struct Answer {
    bool complete = false;  // false: the reader waits for more; there is no reply
    Refusal refusal = Refusal::none;
    Request request;  // without its body
    std::string reply;
  };

  explicit Exchange(std::shared_ptr<const Plan> plan);

  // Feeds `bytes` in pieces of `piece`, then what `end` says.
  Answer ask(std::string_view bytes, std::size_t piece, Dialogue::End end, std::string_view unavailable = {},
             Deadline queue_until = Deadline::max());

  Admission& admission() { return admission_; }
  const Counters& counters() const { return counters_; }

 private:
  std::shared_ptr<const Plan> plan_;
  Pool pool_{1};
  Admission admission_;
  InFlight in_flight_;
  std::unique_ptr<Log> log_;
  Counters counters_;
  Handler handler_;
};

}  // namespace xspamd::test
