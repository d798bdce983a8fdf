#include "tests/support/dns_server.h"

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>
#include <stdexcept>

#include "proto/base/text.h"
#include "proto/dns_name.h"

namespace xspamd::test {

namespace {

using Kind = DnsFault::Kind;
using asio::ip::tcp;
using asio::ip::udp;

constexpr std::size_t kHead = 12;
constexpr std::uint16_t kServerFailure = 2;
constexpr std::uint16_t kNoName = 3;
constexpr std::uint16_t kRefused = 5;
constexpr std::uint16_t kTruncated = 0x0200;
constexpr std::uint16_t kReply = 0x8180;  // QR, RD, RA

struct TypeName {
  std::string_view name;
  dns::Type type;
};
constexpr TypeName kTypes[] = {
    {"A", dns::Type::a},     {"AAAA", dns::Type::aaaa}, {"MX", dns::Type::mx},       {"TXT", dns::Type::txt},
    {"PTR", dns::Type::ptr}, {"NS", dns::Type::ns},     {"CNAME", dns::Type::cname},
};

void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

std::uint16_t get16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

std::string name_bytes(std::string_view name) {
  std::string out;
  if (!dns::append_name(out, name)) throw std::invalid_argument("no name: " + std::string(name));
  return out;
}

std::string record(std::string_view owner, std::uint16_t type, std::uint32_t ttl, std::string_view data) {
  std::string out = name_bytes(owner);
  put16(out, type);
  put16(out, 1);
  put16(out, ttl >> 16);
  put16(out, ttl & 0xffff);
  put16(out, data.size());
  out += data;
  return out;
}

std::string text_data(std::string_view text) {
  std::string out;
  do {
    const std::string_view piece = text.substr(0, 255);
    out += static_cast<char>(piece.size());
    out += piece;
    text.remove_prefix(piece.size());
  } while (!text.empty());
  return out;
}

std::string data_of(dns::Type type, std::string_view value) {
  if (type == dns::Type::txt) return text_data(value);
  if (type == dns::Type::mx) {
    const std::size_t blank = value.find(' ');
    std::string out;
    put16(out, parse_unsigned(value.substr(0, blank)).value());
    return out + name_bytes(value.substr(blank + 1));
  }
  if (type != dns::Type::a && type != dns::Type::aaaa) return name_bytes(value);
  const auto address = IpAddress::parse(value).value();
  const char* bytes = reinterpret_cast<const char*>(address.bytes().data());
  return {bytes, type == dns::Type::a ? 4u : 16u};
}

std::string soa_data() {
  std::string out = name_bytes("ns.test") + name_bytes("hostmaster.test");
  for (const std::size_t number : {1, 3600, 600, 86400, 60}) {
    put16(out, number >> 16);
    put16(out, number & 0xffff);
  }
  return out;
}

struct Counts {
  int answers = 0;
  int authority = 0;
};

std::string head(std::string_view question, std::uint16_t bits, Counts counts) {
  std::string out(question.substr(0, 2));
  put16(out, kReply | bits);
  put16(out, 1);
  put16(out, static_cast<std::size_t>(counts.answers));
  put16(out, static_cast<std::size_t>(counts.authority));
  put16(out, 0);
  return out;
}

// The question section of the question.
std::string_view asked_bytes(std::string_view question) {
  return question.substr(kHead, dns::name_end(question, kHead).value() + 4 - kHead);
}

// A false A record for what was asked.
std::string lie(std::string_view question) {
  const auto name = dns::read_name(question, kHead).value();
  return head(question, 0, {1, 0}) + std::string(asked_bytes(question)) +
         record(name, 1, 300, std::string_view("\x06\x06\x06\x06", 4));
}

std::string with_wrong_id(std::string bytes) {
  bytes[1] = static_cast<char>(bytes[1] ^ 1);
  return bytes;
}

std::string with_wrong_case(std::string bytes) {
  const std::size_t end = dns::name_end(bytes, kHead).value();
  for (std::size_t i = kHead; i < end; ++i)
    if ((bytes[i] | 0x20) >= 'a' && (bytes[i] | 0x20) <= 'z') bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
  return bytes;
}

// Another name of the same length.
std::string with_wrong_question(std::string bytes) {
  bytes[kHead + 1] = bytes[kHead + 1] == 'q' ? 'z' : 'q';
  return bytes;
}

std::string garbage(std::string_view question) {
  return std::string(question.substr(0, 3)) + "no DNS at all, but long enough to be looked at";
}

std::string broken(std::string_view question) {
  std::string bytes = lie(question);
  bytes.resize(bytes.size() - 3);
  return bytes;
}

std::string chain(std::string_view question) {
  constexpr int kLinks = 1'000;
  std::string from = dns::read_name(question, kHead).value();
  std::string bytes = head(question, 0, {kLinks, 0}) + std::string(asked_bytes(question));
  for (int i = 0; i < kLinks; ++i) {
    const std::string to = "l" + std::to_string(i) + ".test";
    bytes += record(from, 5, 300, name_bytes(to));
    from = to;
  }
  return bytes;
}

}  // namespace

class FakeDnsServer::Loop {
 public:
  explicit Loop(FakeDnsServer& server)
      : server_(server), udp_(loop_, udp::endpoint(asio::ip::address_v4::loopback(), 0)), acceptor_(loop_) {
    // The TCP port of the same number may be taken: then another pair.
    for (int attempt = 0; !listen(); ++attempt) {
      if (attempt == 20) throw std::runtime_error("no port for a DNS server");
      udp_ = udp::socket(loop_, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    }
    udp_.set_option(asio::socket_base::receive_buffer_size(1 << 21));
    receive();
    accept();
  }

  std::uint16_t port() const { return udp_.local_endpoint().port(); }
  void run() { loop_.run(); }
  void stop() { loop_.stop(); }

 private:
  struct Connection {
    explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}
    tcp::socket socket;
    std::array<unsigned char, 2> size{};
    std::string question;
    std::string reply;
  };
  using ConnectionPtr = std::shared_ptr<Connection>;

  bool listen() {
    asio::error_code error;
    acceptor_ = tcp::acceptor(loop_);
    acceptor_.open(tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), port()}, error);
    if (!error) acceptor_.listen(16, error);
    return !error;
  }

  void receive() {
    udp_.async_receive_from(asio::buffer(buffer_), from_, [this](asio::error_code error, std::size_t size) {
      if (error) return;
      server_.note_port(from_.port());
      reply({buffer_.data(), size});
      receive();
    });
  }

  void reply(std::string_view question) {
    const DnsFault fault = server_.fault_of(question);
    for (std::string& bytes : server_.answers(question, false)) {
      asio::error_code ignored;
      if (fault.delay.count() == 0) {
        udp_.send_to(asio::buffer(bytes), from_, 0, ignored);
        continue;
      }
      auto timer = std::make_shared<asio::steady_timer>(loop_, fault.delay);
      timer->async_wait([this, timer, to = from_, bytes = std::move(bytes)](asio::error_code error) {
        asio::error_code lost;
        if (!error) udp_.send_to(asio::buffer(bytes), to, 0, lost);
      });
    }
  }

  void accept() {
    acceptor_.async_accept([this](asio::error_code error, tcp::socket socket) {
      if (error) return;
      read(std::make_shared<Connection>(std::move(socket)));
      accept();
    });
  }

  void read(const ConnectionPtr& connection) {
    asio::async_read(connection->socket, asio::buffer(connection->size),
                     [this, connection](asio::error_code error, std::size_t) {
                       if (error) return;
                       connection->question.resize(connection->size[0] * 256u + connection->size[1]);
                       read_question(connection);
                     });
  }

  void read_question(const ConnectionPtr& connection) {
    asio::async_read(connection->socket, asio::buffer(connection->question),
                     [this, connection](asio::error_code error, std::size_t) {
                       if (error) return;
                       connection->reply.clear();
                       for (const std::string& bytes : server_.answers(connection->question, true)) {
                         put16(connection->reply, bytes.size());
                         connection->reply += bytes;
                       }
                       write(connection);
                     });
  }

  void write(const ConnectionPtr& connection) {
    asio::async_write(connection->socket, asio::buffer(connection->reply),
                      [this, connection](asio::error_code error, std::size_t) {
                        if (!error && !server_.closes_tcp_) read(connection);
                      });
  }

  FakeDnsServer& server_;
  asio::io_context loop_{1};
  udp::socket udp_;
  tcp::acceptor acceptor_;
  udp::endpoint from_;
  std::array<char, 4096> buffer_{};
};

FakeDnsServer::FakeDnsServer() : loop_(std::make_unique<Loop>(*this)), thread_([this] { loop_->run(); }) {}

FakeDnsServer::~FakeDnsServer() {
  loop_->stop();
  thread_.join();
}

std::string FakeDnsServer::address() const {
  return "127.0.0.1:" + std::to_string(loop_->port());
}

void FakeDnsServer::add(std::string_view name, std::string_view type, std::string_view value,
                        std::uint32_t ttl) {
  const auto* known = std::find_if(std::begin(kTypes), std::end(kTypes),
                                   [type](const TypeName& candidate) { return candidate.name == type; });
  if (known == std::end(kTypes)) throw std::invalid_argument("no type: " + std::string(type));
  const std::scoped_lock lock(mutex_);
  zone_[std::string(name)].push_back(
      {static_cast<std::uint16_t>(known->type), ttl, data_of(known->type, value)});
}

void FakeDnsServer::set_fault(std::string_view name, DnsFault fault) {
  const std::scoped_lock lock(mutex_);
  faults_[std::string(name)] = fault;
}

void FakeDnsServer::set_silent(bool silent) {
  const std::scoped_lock lock(mutex_);
  silent_ = silent;
}

void FakeDnsServer::close_tcp_after_answer() {
  closes_tcp_ = true;
}

std::size_t FakeDnsServer::questions() const {
  const std::scoped_lock lock(mutex_);
  return asked_.size();
}

std::size_t FakeDnsServer::tcp_questions() const {
  const std::scoped_lock lock(mutex_);
  return tcp_questions_;
}

void FakeDnsServer::note_port(std::uint16_t port) {
  const std::scoped_lock lock(mutex_);
  ports_.insert(port);
}

std::size_t FakeDnsServer::ports() const {
  const std::scoped_lock lock(mutex_);
  return ports_.size();
}

std::vector<std::string> FakeDnsServer::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

DnsFault FakeDnsServer::fault_of(std::string_view question) const {
  const std::scoped_lock lock(mutex_);
  const auto name = dns::read_name(question, kHead);
  auto found = faults_.find(to_lower(name.value_or("")));
  if (found == faults_.end()) found = faults_.find("*");
  return found == faults_.end() ? DnsFault{} : found->second;
}

// Follows CNAMEs, as a resolver does.
std::string FakeDnsServer::records_of(const std::string& asked, std::uint16_t type, const DnsFault& fault,
                                      int& count) const {
  constexpr int kMostLinks = 40;
  std::string bytes;
  std::string name = asked;
  for (int link = 0; link < kMostLinks; ++link) {
    const auto found = zone_.find(to_lower(name));
    if (found == zone_.end()) break;
    std::string next;
    for (const Entry& entry : found->second) {
      const bool is_link = entry.type == static_cast<std::uint16_t>(dns::Type::cname);
      if (entry.type != type && !is_link) continue;
      bytes += record(name, entry.type, entry.ttl, entry.data);
      ++count;
      if (is_link && type != entry.type) next = dns::read_name(entry.data, 0).value();
    }
    if (next.empty() || fault.kind == Kind::leaves) break;
    name = next;
  }
  return bytes;
}

std::string FakeDnsServer::answer(std::string_view question, const DnsFault& fault, bool tcp) const {
  const std::string asked(asked_bytes(question));
  if (fault.kind == Kind::server_failure) return head(question, kServerFailure, {}) + asked;
  if (fault.kind == Kind::refused) return head(question, kRefused, {}) + asked;
  const bool too_long = fault.kind == Kind::truncate || fault.kind == Kind::chain;
  if (too_long && !tcp) return head(question, kTruncated, {}) + asked;
  if (fault.kind == Kind::chain) return chain(question);
  if (fault.kind == Kind::lie) return lie(question);
  const std::string name = dns::read_name(question, kHead).value();
  Counts counts;
  const std::string records =
      records_of(name, get16(question, kHead + asked.size() - 4), fault, counts.answers);
  if (counts.answers > 0) return head(question, 0, counts) + asked + records;
  const std::uint16_t rcode = zone_.contains(to_lower(name)) ? 0 : kNoName;
  if (fault.kind == Kind::no_soa) return head(question, rcode, {}) + asked;
  return head(question, rcode, {0, 1}) + asked + record("", 6, 300, soa_data());
}

std::vector<std::string> FakeDnsServer::answers(std::string_view question, bool tcp) {
  const DnsFault fault = fault_of(question);
  const std::scoped_lock lock(mutex_);
  const auto name = dns::read_name(question, kHead);
  if (!name) return {};
  asked_.push_back(*name);
  if (tcp) ++tcp_questions_;
  if (silent_ || fault.kind == Kind::silence) return {};
  const std::string truth = answer(question, fault, tcp);
  switch (fault.kind) {
    case Kind::wrong_id:
      return {with_wrong_id(lie(question))};
    case Kind::wrong_case:
      return {with_wrong_case(lie(question))};
    case Kind::wrong_question:
      return {with_wrong_question(lie(question))};
    case Kind::garbage:
      return {garbage(question)};
    case Kind::broken:
      return {broken(question)};
    case Kind::lies_then_truth:
      return {with_wrong_id(lie(question)),
              with_wrong_case(lie(question)),
              with_wrong_question(lie(question)),
              garbage(question),
              "",
              truth};
    default:
      return {truth};
  }
}

}  // namespace xspamd::test
