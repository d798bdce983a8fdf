// TLS on a connection to the server, as a client: 1.2 or later, what was before being retired.
// As with spamc 4.0.1 the server's certificate is checked only where certificates of authorities are given;
// then its chain has to lead to one of them, and the name in it is not looked at.
// Nothing here waits. A program that uses it ignores SIGPIPE. OpenSSL appears in tls.cpp alone.
// Any number of threads may use one Tls; a TlsSession belongs to one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proto/base/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace xspamd::client {

struct TlsOptions {
  std::string ca_file, ca_path;  // both empty: any certificate will do
  std::string certificate, key;  // files in PEM of the client's own, or both empty
};

// What a call that does not wait came to. Without bytes and without events there is nothing more to come.
struct Moved {
  std::size_t bytes = 0;
  short events = 0;  // of poll(): none can be moved until these have come
};

class TlsSession {
 public:
  // The events of poll() that the handshake waits for, 0 when it is over. Fails when the server speaks no TLS
  // or its certificate is not accepted.
  Result<short> shake_hands();
  Moved send(std::string_view bytes);
  // An end without a close_notify is an end as any other: the length of what has come tells what is missing.
  Moved receive(std::span<char> buffer);
  // Bytes that have been read from the socket and not yet received: poll() does not tell of them.
  bool has_more() const;

 private:
  friend class Tls;
  struct Close {
    void operator()(ssl_st* session) const;
  };
  explicit TlsSession(ssl_st* session) : session_(session) {}
  Moved moved(int result, std::size_t bytes);

  std::unique_ptr<ssl_st, Close> session_;
};

class Tls {
 public:
  // Reads the files; fails with a sentence that names the one that is of no use.
  static Result<Tls> load(const TlsOptions& options);
  // `fd` is a non-blocking socket, which stays open as long as the session.
  Result<TlsSession> start(int fd) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit Tls(ssl_ctx_st* context) : context_(context) {}
  Result<void> trust(const TlsOptions& options);
  Result<void> present(const TlsOptions& options);

  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace xspamd::client
