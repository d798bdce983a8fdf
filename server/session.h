// Session: one connection, one request, one answer: wait for input, pass the gate, read, answer, drain what
// the client still sends, close. Never a reset: closing with unread input would make Exim lose the reply.
// The end of the client's input is no reason to stop: Exim half-closes and waits for its verdict.
// Loop thread. Owned by its own coroutine; the Sessions list knows it while it lives.
#pragma once

#include <asio/generic/stream_protocol.hpp>
#include <asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <string>

#include "proto/reader.h"
#include "server/admission.h"
#include "server/handler.h"
#include "server/tls.h"

namespace xspamd {

using Socket = asio::generic::stream_protocol::socket;

class Session;

// The open connections, oldest activity first.
using SessionList = std::list<Session*>;

// What every session of a server shares.
struct SessionContext {
  Handler& handler;
  Admission& admission;
  Counters& counters;
  Log& log;
  std::span<char> buffer;  // for reading; the loop thread's, used between two awaits only
  SessionList sessions;
  std::shared_ptr<const Plan> plan;  // the one in force
  bool stopping = false;
  std::shared_ptr<const TlsContext> tls = {};  // of the listeners that speak it
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  // With `tls` the client speaks it.
  Session(Socket socket, std::string peer, SessionContext& context,
          const std::shared_ptr<const TlsContext>& tls = {});
  ~Session();

  // The whole life of the connection.
  Task<> run();

  bool started() const { return reader_.started(); }
  bool has_head() const { return reader_.has_head(); }
  bool answering() const { return answering_; }
  // Waits at the gate, its input unread.
  bool queued() const { return queued_; }
  // Since when nothing has come.
  Deadline idle_since() const { return idle_since_; }
  // Nothing has come from the client, not even unread.
  bool silent() const;
  // Ends the wait for input: the client gets the answer that what has come deserves, or the failure verdict.
  void hurry(std::string_view why);
  // Closes at once and without an answer, to make room; only before the head is complete. It leaves the list.
  void close();

 private:
  enum class Input { bytes, end, timeout };

  Task<> read_request();
  Task<Input> read_some();
  Task<Input> read_bytes();
  Task<> send(std::string_view bytes, asio::error_code& error);
  Task<> take_turn();
  Task<> answer();
  Task<> write(const std::string& reply);
  Task<> drain();

  void set_deadline(Deadline deadline);
  void watch();
  bool expired() const { return Clock::now() >= deadline_; }
  void mark_active();

  Socket socket_;
  asio::steady_timer watchdog_;
  std::string peer_;
  SessionContext& context_;
  std::shared_ptr<const Plan> plan_;
  SessionList::iterator place_;
  Admission::Holding holding_;
  Reader reader_;
  std::unique_ptr<TlsStream> tls_;
  std::string plain_;                    // what came, decrypted
  Deadline deadline_ = Deadline::max();  // of the operation under way
  Deadline armed_for_ = Deadline::max();
  const Deadline ends_;  // limits.session
  Deadline queue_until_ = Deadline::max();
  Deadline idle_since_ = Clock::now();
  std::string_view unavailable_;  // why there will be no scan
  std::string_view pending_;      // bytes in the shared buffer, valid until the next await
  unsigned reads_ = 0;
  bool input_ended_ = false;
  bool queued_ = false;
  bool answering_ = false;
  bool closed_ = false;
};

}  // namespace xspamd
