#include "server/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace xspamd {

namespace {

constexpr std::string_view kPrefix = "tls:";

std::string last_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "it cannot be read" : reason;
}

tl::unexpected<Error> refused(std::string_view key, const std::string& file) {
  return fail(Errc::invalid, fmt::format("{}: {}: {}", key, file, last_error()));
}

// Never asks a terminal for the password of a key.
int no_password(char*, int, int, void*) {
  return 0;
}

}  // namespace

struct TlsContext::Handle {
  SSL_CTX* context = nullptr;
  ~Handle() { SSL_CTX_free(context); }
};

TlsContext::TlsContext(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& certificate,
                                                           const std::string& key) {
  auto handle = std::make_unique<Handle>();
  handle->context = SSL_CTX_new(TLS_server_method());
  if (handle->context == nullptr) return refused("TLS", "OpenSSL");
  SSL_CTX* context = handle->context;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  // Sessions are one request each, and nothing is kept for a second one.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return refused("server.tls_certificate", certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refused("server.tls_key", key);
  if (SSL_CTX_check_private_key(context) != 1) return refused("server.tls_key", key);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(handle)));
}

Result<std::shared_ptr<const TlsContext>> load_tls(const conf::Server& server) {
  const bool wanted = std::any_of(server.listen.begin(), server.listen.end(),
                                  [](const std::string& text) { return text.starts_with(kPrefix); });
  if (!wanted) return std::shared_ptr<const TlsContext>();
  return TlsContext::load(server.tls_certificate,
                          server.tls_key.empty() ? server.tls_certificate : server.tls_key);
}

struct TlsStream::Handle {
  SSL* ssl = nullptr;
  BIO* in = nullptr;  // both belong to ssl
  BIO* out = nullptr;
  ~Handle() { SSL_free(ssl); }
};

TlsStream::TlsStream(const TlsContext& context) : handle_(std::make_unique<Handle>()) {
  handle_->ssl = SSL_new(context.handle_->context);
  handle_->in = BIO_new(BIO_s_mem());
  handle_->out = BIO_new(BIO_s_mem());
  if (handle_->ssl == nullptr || handle_->in == nullptr || handle_->out == nullptr) throw std::bad_alloc();
  SSL_set_bio(handle_->ssl, handle_->in, handle_->out);
  SSL_set_accept_state(handle_->ssl);
}

TlsStream::~TlsStream() = default;

bool TlsStream::feed(std::string_view encrypted, std::string& plain) {
  if (failed_) return false;
  ERR_clear_error();
  if (BIO_write(handle_->in, encrypted.data(), static_cast<int>(encrypted.size())) !=
      static_cast<int>(encrypted.size())) {
    failed_ = true;
    return false;
  }
  std::array<char, 16 * 1024> piece;  // a record
  for (;;) {
    const int count = SSL_read(handle_->ssl, piece.data(), static_cast<int>(piece.size()));
    if (count > 0) {
      plain.append(piece.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int error = SSL_get_error(handle_->ssl, count);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
    ended_ = error == SSL_ERROR_ZERO_RETURN;
    failed_ = !ended_;
    ERR_clear_error();
    return ended_;
  }
}

bool TlsStream::write(std::string_view plain) {
  if (failed_ || SSL_is_init_finished(handle_->ssl) != 1) return false;
  if (plain.empty()) return true;
  ERR_clear_error();
  const int written = SSL_write(handle_->ssl, plain.data(), static_cast<int>(plain.size()));
  failed_ = written != static_cast<int>(plain.size());
  return !failed_;
}

void TlsStream::finish() {
  ERR_clear_error();
  if (!failed_ && SSL_is_init_finished(handle_->ssl) == 1) SSL_shutdown(handle_->ssl);
  ERR_clear_error();
}

std::string TlsStream::take_output() {
  char* data = nullptr;
  const long size = BIO_get_mem_data(handle_->out, &data);
  std::string output(data, size > 0 ? static_cast<std::size_t>(size) : 0);
  BIO_reset(handle_->out);
  return output;
}

}  // namespace xspamd
