// TLS for listeners written "tls:host:port": the same protocols, encrypted. A TlsStream is the state of one
// connection and knows no socket: bytes go in, bytes come out. TLS 1.2 and later; no client certificates.
// A handshake signs once on the loop thread: about 1 ms with an RSA key of 2048 bits, 0.1 ms with an EC key.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "conf/config.h"
#include "proto/base/result.h"

namespace xspamd {

// A certificate with its chain and its key, as read from server.tls_certificate and server.tls_key.
class TlsContext {
 public:
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& certificate,
                                                        const std::string& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsStream;
  struct Handle;
  explicit TlsContext(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

// Null where no listener wants it. Fails with the file and what is wrong with it.
Result<std::shared_ptr<const TlsContext>> load_tls(const conf::Server& server);

class TlsStream {
 public:
  explicit TlsStream(const TlsContext& context);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  // Takes what the client sent and appends what it means to `plain`. False: that is no TLS, or it broke; then
  // nothing more can be said to the client but what take_output() holds.
  bool feed(std::string_view encrypted, std::string& plain);
  // Encrypts. False before the handshake has ended, and after a failure.
  bool write(std::string_view plain);
  // Says that nothing more comes.
  void finish();
  // What is to be sent.
  std::string take_output();
  // The client said that nothing more comes.
  bool ended() const { return ended_; }

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace xspamd
