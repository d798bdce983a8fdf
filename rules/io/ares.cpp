#include "rules/io/ares.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "rules/io/guarded.h"

namespace xspamd {

namespace {

using Fd = ares_socket_t;

std::uint16_t id_of(std::string_view message) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(message[0]) << 8 |
                                    static_cast<unsigned char>(message[1]));
}

void set_server(ares_channel channel, const conf::Address& server) {
  ares_addr_port_node node{};
  node.udp_port = node.tcp_port = server.port;
  node.family = server.host.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (inet_pton(node.family, server.host.c_str(), &node.addr) != 1 ||
      ares_set_servers_ports(channel, &node) != ARES_SUCCESS)
    throw std::runtime_error(fmt::format("c-ares refuses the DNS server {}", server.host));
}

std::string_view reason(int status) {
  return status == ARES_ETIMEOUT ? "timeout" : "connection failed";
}

}  // namespace

// A descriptor of c-ares in the loop. Handlers keep it; c-ares closes it at any time.
struct AresChannel::Socket {
  Socket(const asio::any_io_executor& executor, Fd fd) : descriptor(executor, fd) {}

  asio::posix::stream_descriptor descriptor;
  bool open = true;
  bool wants_write = false;
  bool waits_to_read = false;
  bool waits_to_write = false;
};

const ares_socket_functions& AresChannel::socket_functions() {
  static const ares_socket_functions functions{
      [](int family, int type, int, void* channel) {
        return static_cast<AresChannel*>(channel)->open_socket(family, type);
      },
      [](Fd fd, void* channel) { return static_cast<AresChannel*>(channel)->close_socket(fd); },
      [](Fd fd, const sockaddr* address, ares_socklen_t length, void*) {
        return ::connect(fd, address, length);
      },
      [](Fd fd, void* buffer, std::size_t size, int, sockaddr* from, ares_socklen_t* length, void* channel) {
        return static_cast<AresChannel*>(channel)->receive(fd, static_cast<char*>(buffer), size, from,
                                                           length);
      },
      [](Fd fd, const iovec* parts, int count, void* channel) {
        return static_cast<AresChannel*>(channel)->write(fd, parts, count);
      },
  };
  return functions;
}

AresChannel::AresChannel(const asio::any_io_executor& executor, const Target& target,
                         const AresEvents& events)
    : executor_(executor), transport_(target.transport), events_(events), alive_(std::make_shared<char>()) {
  std::array<char, 2> lookups{"b"};
  in_addr placeholder{htonl(INADDR_LOOPBACK)};
  ares_options options{};
  // STAYOPEN: one socket for many questions. NOCHECKRESP: SERVFAIL and the like are answers for us to judge.
  // IGNTC: we go to TCP ourselves, by another channel, whose idle connection the server may close without
  // ending the questions of this one.
  options.flags = ARES_FLAG_STAYOPEN | ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOALIASES |
                  ARES_FLAG_NOSEARCH | (transport_ == Transport::tcp ? ARES_FLAG_USEVC : 0);
  options.timeout = static_cast<int>(target.patience.count());
  // Over TCP once more, on a new connection: the old one may have been closed at the moment of sending.
  options.tries = transport_ == Transport::tcp ? 2 : 1;
  options.ndots = 1;
  options.lookups = lookups.data();
  options.servers = &placeholder;
  options.nservers = 1;
  options.sock_state_cb = on_socket_state;
  options.sock_state_cb_data = this;
  // With all of these set c-ares reads no files.
  constexpr int kSet = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                       ARES_OPT_LOOKUPS | ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST |
                       ARES_OPT_SOCK_STATE_CB;
  if (const int status = ares_init_options(&channel_, &options, kSet); status != ARES_SUCCESS)
    throw std::runtime_error(fmt::format("c-ares: {}", ares_strerror(status)));
  try {
    set_server(channel_, target.server);
  } catch (...) {  // no destructor runs after a constructor that throws
    ares_destroy(channel_);
    throw;
  }
  ares_set_socket_functions(channel_, &socket_functions(), this);
}

AresChannel::~AresChannel() {
  alive_.reset();
  ares_destroy(channel_);
}

void AresChannel::send(std::string question, std::uint64_t ticket) {
  const std::uint16_t id = id_of(question);
  auto sent = std::make_unique<Sent>(Sent{this, ticket, id, std::move(question), false});
  Sent& kept = *sent;
  sent_.emplace(id, std::move(sent));
  ares_send(channel_, reinterpret_cast<const unsigned char*>(kept.question.data()),
            static_cast<int>(kept.question.size()), on_end, &kept);
  deliver_soon();
}

void AresChannel::tick() {
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  deliver_soon();
}

// c-ares is done with a question. Over UDP the answer was taken in receive(): what c-ares gives is cut to 512
// bytes, because it has not asked for EDNS itself.
void AresChannel::on_end(void* argument, int status, int, unsigned char* bytes, int size) {
  auto& sent = *static_cast<Sent*>(argument);
  AresChannel& channel = *sent.channel;
  guarded([&] {
    if (sent.ended || status == ARES_EDESTRUCTION) return;
    if (status != ARES_SUCCESS)
      return channel.end(sent, fail(Errc::unavailable, std::string(reason(status))));
    const std::string_view reply(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    const bool ours = dns::is_reply_to(reply, sent.question);
    channel.end(sent,
                ours ? dns::decode_reply(reply) : fail(Errc::invalid, "DNS answer to another question"));
  });
  channel.sent_.erase(sent.id);
}

void AresChannel::end(Sent& sent, Result<dns::Reply> reply) {
  sent.ended = true;
  ends_.push_back({sent.ticket, std::move(reply)});
}

// Over UDP: whether c-ares may see it. The answer is taken here.
bool AresChannel::accept(std::string_view datagram) {
  if (datagram.size() < sizeof(std::uint16_t)) return false;
  const auto found = sent_.find(id_of(datagram));
  if (found == sent_.end() || !dns::is_reply_to(datagram, found->second->question)) return false;
  end(*found->second, dns::decode_reply(datagram));
  return true;
}

Fd AresChannel::open_socket(int family, int type) {
  constexpr int kReceiveBuffer = 1 << 20;  // answers to the questions of many scans at once
  const Fd fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return ARES_SOCKET_BAD;
  if (type == SOCK_DGRAM) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  bool known = false;
  guarded([&] {
    sockets_.emplace(fd, std::make_shared<Socket>(executor_, fd));
    known = true;
  });
  if (known) return fd;
  ::close(fd);
  errno = ENOMEM;
  return ARES_SOCKET_BAD;
}

int AresChannel::close_socket(Fd fd) {
  const auto found = sockets_.find(fd);
  if (found != sockets_.end()) {
    found->second->open = false;
    guarded([&] { found->second->descriptor.release(); });
    sockets_.erase(found);
  }
  return ::close(fd);
}

ares_ssize_t AresChannel::receive(Fd fd, char* buffer, std::size_t size, sockaddr* from,
                                  ares_socklen_t* length) {
  if (transport_ == Transport::tcp) {
    const ares_ssize_t count = ::recv(fd, buffer, size, 0);
    if (count > 0) guarded([&] { events_.heard(); });
    return count;
  }
  constexpr int kMostStrays = 64;  // then the loop goes on with others
  for (int stray = 0; stray < kMostStrays; ++stray) {
    const ares_ssize_t count = ::recvfrom(fd, buffer, size, 0, from, length);
    if (count < 0) return count;
    bool good = false;
    guarded([&] {
      events_.heard();
      good = accept({buffer, static_cast<std::size_t>(count)});
    });
    if (good) return count;
  }
  errno = EAGAIN;
  return -1;
}

ares_ssize_t AresChannel::write(Fd fd, const iovec* parts, int count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  const ares_ssize_t written = ::sendmsg(fd, &message, MSG_NOSIGNAL);
  // A datagram that finds no room is as good as lost on the way; c-ares would give the server up.
  if (written < 0 && transport_ == Transport::udp && (errno == EAGAIN || errno == ENOBUFS))
    return static_cast<ares_ssize_t>(parts->iov_len);
  return written;
}

void AresChannel::on_socket_state(void* argument, Fd fd, int readable, int writable) {
  AresChannel& channel = *static_cast<AresChannel*>(argument);
  const auto found = channel.sockets_.find(fd);
  if (found == channel.sockets_.end() || (readable == 0 && writable == 0)) return;
  const std::shared_ptr<Socket> socket = found->second;
  guarded([&] {
    socket->wants_write = writable != 0;
    channel.wait(socket, false);
    channel.wait(socket, true);
  });
}

// Begins to wait unless it waits already or has nothing to wait for.
void AresChannel::wait(const std::shared_ptr<Socket>& socket, bool write) {
  using Descriptor = asio::posix::stream_descriptor;
  bool& waits = write ? socket->waits_to_write : socket->waits_to_read;
  if (!socket->open || waits || (write && !socket->wants_write)) return;
  waits = true;
  socket->descriptor.async_wait(write ? Descriptor::wait_write : Descriptor::wait_read,
                                [this, socket, write, alive = std::weak_ptr(alive_)](asio::error_code) {
                                  (write ? socket->waits_to_write : socket->waits_to_read) = false;
                                  if (alive.expired() || !socket->open) return;
                                  guarded([&] { on_ready(socket, write); });
                                });
}

void AresChannel::on_ready(const std::shared_ptr<Socket>& socket, bool write) {
  const Fd fd = socket->descriptor.native_handle();
  ares_process_fd(channel_, write ? ARES_SOCKET_BAD : fd, write ? fd : ARES_SOCKET_BAD);
  wait(socket, write);
  deliver();
}

void AresChannel::deliver() {
  const std::weak_ptr<char> alive = alive_;
  std::vector<AresEnd> ends = std::exchange(ends_, {});
  for (AresEnd& end : ends) {
    if (alive.expired()) return;
    events_.ended(std::move(end));
  }
}

void AresChannel::deliver_soon() {
  if (ends_.empty() || delivery_is_posted_) return;
  delivery_is_posted_ = true;
  asio::post(executor_, [this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    delivery_is_posted_ = false;
    guarded([&] { deliver(); });
  });
}

std::vector<conf::Address> system_dns_servers() {
  constexpr std::uint16_t kDnsPort = 53;
  std::vector<conf::Address> servers;
  ares_channel channel = nullptr;
  ares_addr_port_node* list = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) return {{"127.0.0.1", kDnsPort, ""}};
  if (ares_get_servers_ports(channel, &list) == ARES_SUCCESS) {
    for (const auto* node = list; node != nullptr; node = node->next) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      if (inet_ntop(node->family, &node->addr, text.data(), text.size()) == nullptr) continue;
      const int port = node->udp_port == 0 ? kDnsPort : node->udp_port;
      servers.push_back({text.data(), static_cast<std::uint16_t>(port), ""});
    }
    ares_free_data(list);
  }
  ares_destroy(channel);
  return servers;
}

}  // namespace xspamd
