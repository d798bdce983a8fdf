// xspamd_nxdomain: a DNS server on a loopback port of its own (UDP) that answers every question with NXDOMAIN
// at once, many questions a system call, so that it takes no share of a benchmark worth naming. Prints its
// port, serves until standard input ends, then prints how many questions it answered.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>

namespace {

constexpr std::size_t kBurst = 64;
constexpr std::size_t kHead = 12;      // RFC 1035 §4.1.1
constexpr std::size_t kTypeClass = 4;  // RFC 1035 §4.1.2, behind the name

struct Slot {
  std::array<std::uint8_t, 512> bytes{};
  sockaddr_in client{};
  iovec part{};
};

// RFC 1035 §4.1.1: the same id and question, QR and RA set, RD kept, RCODE 3, no records. Returns the length
// of the answer that stands in place of the question; 0 when there is nothing to answer.
std::size_t answer(std::array<std::uint8_t, 512>& bytes, std::size_t size) {
  if (size < kHead) return 0;
  std::size_t end = kHead;
  while (end < size && bytes[end] != 0)
    end += bytes[end] + std::size_t{1};
  end += 1 + kTypeClass;
  if (end > size) return 0;
  bytes[2] = static_cast<std::uint8_t>(0x80 | (bytes[2] & 0x01));
  bytes[3] = 0x80 | 3;
  bytes[4] = 0;
  bytes[5] = 1;
  for (std::size_t i = 6; i < kHead; ++i)
    bytes[i] = 0;
  return end;
}

class Server {
 public:
  explicit Server(int descriptor) : socket_(descriptor) {}

  // Answers what has come; returns how many.
  std::size_t serve() {
    for (std::size_t i = 0; i < kBurst; ++i)
      prepare(i, slots_[i].bytes.size());
    const int count = recvmmsg(socket_, headers_.data(), kBurst, MSG_DONTWAIT, nullptr);
    unsigned answers = 0;
    for (int i = 0; i < count; ++i) {
      const auto place = static_cast<std::size_t>(i);
      const std::size_t length = answer(slots_[place].bytes, headers_[place].msg_len);
      if (length == 0) continue;
      prepare(place, length);
      headers_[answers++] = headers_[place];
    }
    if (answers > 0) sendmmsg(socket_, headers_.data(), answers, 0);
    return answers;
  }

 private:
  void prepare(std::size_t i, std::size_t length) {
    slots_[i].part = {slots_[i].bytes.data(), length};
    headers_[i] = {};
    headers_[i].msg_hdr.msg_name = &slots_[i].client;
    headers_[i].msg_hdr.msg_namelen = sizeof slots_[i].client;
    headers_[i].msg_hdr.msg_iov = &slots_[i].part;
    headers_[i].msg_hdr.msg_iovlen = 1;
  }

  const int socket_;
  std::array<Slot, kBurst> slots_{};
  std::array<mmsghdr, kBurst> headers_{};
};

}  // namespace

int main() {
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const int room = 1 << 20;
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (::bind(descriptor, generic, length) != 0 || ::getsockname(descriptor, generic, &length) != 0) return 1;
  fmt::print("{}\n", ntohs(address.sin_port));
  std::fflush(stdout);

  Server server(descriptor);
  std::size_t questions = 0;
  std::array<pollfd, 2> waited{{{descriptor, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  while (waited[1].revents == 0) {
    ::poll(waited.data(), waited.size(), -1);
    if (waited[0].revents != 0) questions += server.serve();
  }
  fmt::print("{}\n", questions);
  ::close(descriptor);
  return 0;
}
