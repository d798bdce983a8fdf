#include "server/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

namespace xspamd {

namespace {

// Connections taken in one go before others on the loop get their turn.
constexpr int kBurst = 64;
// Without descriptors the waiting connection stays in the kernel's queue; looked at again after this long.
constexpr std::chrono::milliseconds kNoDescriptorsPause{100};
// So many idle connections go each time.
constexpr int kRoomWithoutDescriptors = 8;
// Between two lines about that.
constexpr std::chrono::minutes kNoDescriptorsQuiet{1};
// Who has connected just now is about to speak and not idle.
constexpr std::chrono::milliseconds kMomentToSpeak{300};
// Between two warnings about peers outside server.allow.
constexpr std::chrono::minutes kNotAllowedPause{1};

struct Peer {
  std::optional<IpAddress> address;  // empty for unix sockets
  std::string text;
};

Peer peer_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &storage, sizeof in);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
    const IpAddress address = IpAddress::v4(bytes);
    return {address, fmt::format("{}:{}", address.to_string(), ntohs(in.sin_port))};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &storage, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    const IpAddress address = IpAddress::v6(bytes);
    return {address, fmt::format("[{}]:{}", address.to_string(), ntohs(in.sin6_port))};
  }
  return {std::nullopt, "unix"};
}

}  // namespace

Listener::Listener(asio::io_context& loop, ListenSocket socket, SessionContext& context)
    : loop_(loop),
      address_(std::move(socket.address)),
      is_unix_(address_.starts_with("unix:")),
      is_tls_(address_.starts_with("tls:")),
      socket_(loop, socket.fd),
      context_(context) {}

void Listener::start() {
  asio::co_spawn(loop_, accept_loop(), asio::detached);
}

void Listener::stop() {
  if (!socket_.is_open()) return;
  // Who has connected already is served: a refusal now would leave Exim without a verdict.
  do {
    accept_ready();
  } while (errno == 0);
  asio::error_code ignored;
  socket_.close(ignored);
}

Task<> Listener::accept_loop() {
  asio::steady_timer pause(loop_);
  while (socket_.is_open()) {
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, token);
    if (error || !socket_.is_open()) break;
    accept_ready();
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) continue;
    tell_cannot_accept(errno);
    for (int i = 0; i < kRoomWithoutDescriptors && make_room(); ++i) {
    }
    pause.expires_after(kNoDescriptorsPause);
    co_await pause.async_wait(token);
  }
}

// Leaves in errno why it stopped; 0 after a full burst.
void Listener::accept_ready() {
  for (int i = 0; i < kBurst; ++i) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    const int fd = accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&storage), &length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) return;
    ++context_.counters.connections;
    Peer peer = peer_of(storage);
    if (!is_unix_ && (!peer.address || !contains(context_.plan->config.server.allow, *peer.address))) {
      ++context_.counters.not_allowed;
      tell_not_allowed(peer.text);
      close(fd);
      continue;
    }
    begin(fd, std::move(peer.text));
  }
  errno = 0;
}

// Once in a while: it is tried again ten times a second.
void Listener::tell_cannot_accept(int error) {
  if (Clock::now() < no_descriptors_quiet_until_) return;
  no_descriptors_quiet_until_ = Clock::now() + kNoDescriptorsQuiet;
  context_.log.error(fmt::format("cannot accept on {} for now: {}; {} connections are open", address_,
                                 std::strerror(error), context_.sessions.size()));
}

// Once in a while: a scan of the network must not fill the log, a forgotten setting must show in it.
void Listener::tell_not_allowed(std::string_view peer) {
  if (Clock::now() < quiet_until_) return;
  quiet_until_ = Clock::now() + kNotAllowedPause;
  context_.log.warning(fmt::format("{} may not connect: it is not in server.allow", peer));
}

void Listener::begin(int fd, std::string peer) {
  if (!is_unix_) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  while (context_.sessions.size() >= context_.plan->config.limits.connections && make_room()) {
  }
  const int family = is_unix_ ? AF_UNIX : address_.find('[') != std::string::npos ? AF_INET6 : AF_INET;
  Socket socket(loop_);
  asio::error_code error;
  socket.assign(asio::generic::stream_protocol(family, 0), fd, error);
  if (error) {
    close(fd);
    return;
  }
  socket.non_blocking(true, error);
  auto session = std::make_shared<Session>(std::move(socket), std::move(peer), context_,
                                           is_tls_ ? context_.tls : nullptr);
  auto ended = [session, &context = context_](std::exception_ptr problem) {
    if (!problem) return;
    try {
      std::rethrow_exception(problem);
    } catch (const std::exception& what) {
      context.log.error(fmt::format("session ended by an error: {}", what.what()));
    }
  };
  asio::co_spawn(loop_, session->run(), std::move(ended));
}

// False when nobody could be closed at once.
bool Listener::make_room() {
  const Deadline idle = Clock::now() - kMomentToSpeak;
  Session* queued = nullptr;
  for (Session* session : context_.sessions) {
    if (session->has_head() || session->answering() || session->idle_since() > idle) continue;
    if (!session->queued()) {
      ++context_.counters.idle_closed;
      session->close();
      return true;
    }
    if (queued == nullptr) queued = session;
  }
  // All have spoken: nobody is closed, but who has waited longest for a scan need not wait on.
  if (queued != nullptr) queued->hurry("overload");
  return false;
}

}  // namespace xspamd
