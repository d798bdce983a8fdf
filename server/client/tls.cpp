#include "server/client/tls.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "proto/base/text.h"

namespace xspamd::client {

namespace {

// The oldest error of this thread: the others come from it. Those of the system have no text of OpenSSL's
// own.
std::string reason() {
  const unsigned long error = ::ERR_get_error();
  if (error == 0) return "the connection ended";
  if (ERR_SYSTEM_ERROR(error)) return std::generic_category().message(ERR_GET_REASON(error));
  const char* text = ::ERR_reason_error_string(error);
  return text != nullptr ? text : fmt::format("error {:#x} of OpenSSL", error);
}

tl::unexpected<Error> fail_with_file(std::string_view option, const std::string& path) {
  return fail(Errc::invalid, fmt::format("{} {}: {}", option, quoted(path), reason()));
}

}  // namespace

// A close_notify tells the server that nothing is missing; its own is not waited for. After
// an error none may be sent, and SSL_shutdown() says so.
void TlsSession::Close::operator()(ssl_st* session) const {
  ::ERR_clear_error();
  if (::SSL_is_init_finished(session) == 1) (void)::SSL_shutdown(session);
  ::SSL_free(session);
  ::ERR_clear_error();
}

Moved TlsSession::moved(int result, std::size_t bytes) {
  if (result == 1) return {bytes, 0};
  switch (::SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {0, POLLIN};
    case SSL_ERROR_WANT_WRITE:
      return {0, POLLOUT};
    default:
      return {};
  }
}

Result<short> TlsSession::shake_hands() {
  ::ERR_clear_error();
  errno = 0;
  const int result = ::SSL_connect(session_.get());
  const int system_error = errno;
  if (result == 1) return short{0};
  const short events = moved(result, 0).events;
  if (events != 0) return events;
  const long verified = ::SSL_get_verify_result(session_.get());
  if (::SSL_get_verify_mode(session_.get()) != SSL_VERIFY_NONE && verified != X509_V_OK)
    return fail(Errc::unavailable,
                fmt::format("the server's certificate: {}", ::X509_verify_cert_error_string(verified)));
  if (::ERR_peek_error() == 0 && system_error != 0)
    return fail(Errc::unavailable, std::generic_category().message(system_error));
  return fail(Errc::unavailable, reason());
}

Moved TlsSession::send(std::string_view bytes) {
  ::ERR_clear_error();
  std::size_t sent = 0;
  const int result = ::SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent);
  return moved(result, sent);
}

Moved TlsSession::receive(std::span<char> buffer) {
  ::ERR_clear_error();
  std::size_t got = 0;
  const int result = ::SSL_read_ex(session_.get(), buffer.data(), buffer.size(), &got);
  return moved(result, got);
}

bool TlsSession::has_more() const {
  return ::SSL_pending(session_.get()) > 0;
}

void Tls::Free::operator()(ssl_ctx_st* context) const {
  ::SSL_CTX_free(context);
}

Result<void> Tls::trust(const TlsOptions& options) {
  if (!options.ca_file.empty() && ::SSL_CTX_load_verify_file(context_.get(), options.ca_file.c_str()) != 1)
    return fail_with_file("--ssl-ca-file", options.ca_file);
  // Only looked into when a certificate is asked for.
  if (!options.ca_path.empty() && ::SSL_CTX_load_verify_dir(context_.get(), options.ca_path.c_str()) != 1)
    return fail_with_file("--ssl-ca-path", options.ca_path);
  const bool checks = !options.ca_file.empty() || !options.ca_path.empty();
  ::SSL_CTX_set_verify(context_.get(), checks ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return {};
}

Result<void> Tls::present(const TlsOptions& options) {
  if (options.certificate.empty()) return {};
  if (::SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str()) != 1)
    return fail_with_file("--ssl-cert", options.certificate);
  // Says too when the key is that of another certificate.
  if (::SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail_with_file("--ssl-key", options.key);
  return {};
}

Result<Tls> Tls::load(const TlsOptions& options) {
  ::ERR_clear_error();
  Tls tls(::SSL_CTX_new(::TLS_client_method()));
  if (!tls.context_ || ::SSL_CTX_set_min_proto_version(tls.context_.get(), TLS1_2_VERSION) != 1)
    return fail(Errc::unavailable, fmt::format("TLS: {}", reason()));
  // Sent bytes leave the front of what is to be sent, as with send().
  ::SSL_CTX_set_mode(tls.context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_CTX_set_options(tls.context_.get(), SSL_OP_NO_RENEGOTIATION);
  if (auto fine = tls.trust(options); !fine) return tl::unexpected<Error>(fine.error());
  if (auto fine = tls.present(options); !fine) return tl::unexpected<Error>(fine.error());
  return tls;
}

Result<TlsSession> Tls::start(int fd) const {
  // The head and the message go in a record each; the second is not to wait until the first is acknowledged.
  const int on = 1;
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // a unix socket has no such option
  ::ERR_clear_error();
  TlsSession session(::SSL_new(context_.get()));
  if (!session.session_ || ::SSL_set_fd(session.session_.get(), fd) != 1)
    return fail(Errc::unavailable, fmt::format("TLS: {}", reason()));
  return session;
}

}  // namespace xspamd::client
