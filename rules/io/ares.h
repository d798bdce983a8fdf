// AresChannel: questions to one DNS server over UDP or TCP, sent and received by c-ares on the loop's
// sockets. Over UDP nothing is believed, nor seen by c-ares, that does not repeat id, type and the name in
// its letter case: c-ares compares names without case and would end the question with a forged answer. c-ares
// cannot drop one question, so each ends: answered, failed, or after `patience`. Loop thread only; no
// function here calls `ended` before it returns. Destroyed with questions under way, it tells nobody.
#pragma once

#include <ares.h>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "conf/address.h"
#include "proto/dns.h"

namespace xspamd {

struct AresEnd {
  std::uint64_t ticket = 0;
  Result<dns::Reply> reply;  // the error says why there is none
};

// What a channel tells its owner; must outlive it.
struct AresEvents {
  std::function<void()> heard;  // something came from the server, good or bad
  std::function<void(AresEnd)> ended;
};

class AresChannel {
 public:
  enum class Transport { udp, tcp };

  struct Target {
    conf::Address server;
    Transport transport = Transport::udp;
    std::chrono::milliseconds patience{2'000};
  };

  // Throws std::runtime_error when c-ares cannot be set up.
  AresChannel(const asio::any_io_executor& executor, const Target& target, const AresEvents& events);
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  bool is_free(std::uint16_t id) const { return !sent_.contains(id); }
  std::size_t under_way() const { return sent_.size(); }
  bool is_idle() const { return sent_.empty() && ends_.empty(); }

  // `question` as dns::encode_question made it, with an id that is free. `ended` is called once for it.
  void send(std::string question, std::uint64_t ticket);

  // Ends questions that have lost their patience; to be called now and then while some are under way.
  void tick();

 private:
  struct Socket;
  struct Sent {
    AresChannel* channel = nullptr;
    std::uint64_t ticket = 0;
    std::uint16_t id = 0;
    std::string question;
    bool ended = false;
  };

  static const ares_socket_functions& socket_functions();
  static void on_end(void* sent, int status, int timeouts, unsigned char* bytes, int size);
  static void on_socket_state(void* channel, ares_socket_t fd, int readable, int writable);

  ares_socket_t open_socket(int family, int type);
  int close_socket(ares_socket_t fd);
  ares_ssize_t receive(ares_socket_t fd, char* buffer, std::size_t size, sockaddr* from,
                       ares_socklen_t* length);
  ares_ssize_t write(ares_socket_t fd, const iovec* parts, int count);

  bool accept(std::string_view datagram);
  void end(Sent& sent, Result<dns::Reply> reply);
  void wait(const std::shared_ptr<Socket>& socket, bool write);
  void on_ready(const std::shared_ptr<Socket>& socket, bool write);
  void deliver();
  void deliver_soon();

  const asio::any_io_executor executor_;
  const Transport transport_;
  const AresEvents& events_;
  ares_channel channel_ = nullptr;
  std::unordered_map<ares_socket_t, std::shared_ptr<Socket>> sockets_;
  std::unordered_map<std::uint16_t, std::unique_ptr<Sent>> sent_;  // by id
  std::vector<AresEnd> ends_;                                      // not yet told
  std::shared_ptr<char> alive_;  // what handlers hold weakly: its end is that of the channel
  bool delivery_is_posted_ = false;
};

// The servers of /etc/resolv.conf; without one 127.0.0.1. Link-local addresses with a zone are left out.
std::vector<conf::Address> system_dns_servers();

}  // namespace xspamd
