#include "rules/io/dns_server.h"

#include <fmt/format.h>

#include <algorithm>

namespace xspamd {

namespace {

constexpr std::uint16_t kUdpSize = 1232;       // DNS flag day 2020: fits every path unfragmented
constexpr unsigned kQuestionsOnPort = 1'000;   // then the next port
constexpr std::size_t kMostUnderWay = 16'384;  // of 65,536 ids, so that a free one is found at once

// Draft "Use of Bit 0x20 in DNS Labels": a forger has to guess the case of every letter.
std::string in_random_case(std::string name, Random& random) {
  std::uint64_t bits = 0;
  unsigned left = 0;
  for (char& c : name) {
    if (c < 'a' || c > 'z') continue;
    if (left == 0) {
      bits = random.next64();
      left = 64;
    }
    if ((bits & 1) != 0) c = static_cast<char>(c - 'a' + 'A');
    bits >>= 1;
    --left;
  }
  return name;
}

}  // namespace

DnsServer::DnsServer(const asio::any_io_executor& executor, const Settings& settings, Random& random,
                     const std::function<void(AresEnd)>& ended)
    : executor_(executor), settings_(settings), random_(random) {
  events_.heard = [this] {
    health_.heard();
  };
  events_.ended = [&ended](AresEnd end) {
    ended(std::move(end));
  };
  channel_for(AresChannel::Transport::udp);
}

AresChannel& DnsServer::channel_for(AresChannel::Transport transport) {
  const bool udp = transport == AresChannel::Transport::udp;
  std::unique_ptr<AresChannel>& channel = udp ? udp_ : tcp_;
  if (udp && channel && ++asked_on_port_ >= kQuestionsOnPort) {
    retired_.push_back(std::move(channel));
    asked_on_port_ = 0;
  }
  if (!channel) {
    const AresChannel::Target target{settings_.address, transport, settings_.patience};
    channel = std::make_unique<AresChannel>(executor_, target, events_);
  }
  return *channel;
}

bool DnsServer::ask(const dns::Question& question, AresChannel::Transport transport, std::uint64_t ticket) {
  AresChannel& channel = channel_for(transport);
  if (channel.under_way() >= kMostUnderWay) return false;
  std::uint16_t id = random_.next16();
  while (!channel.is_free(id))
    id = random_.next16();
  const dns::Question sent{in_random_case(question.name, random_), question.type};
  auto bytes = dns::encode_question(sent, id, kUdpSize);
  if (!bytes) return false;
  health_.asked(question.name, Clock::now());
  channel.send(std::move(*bytes), ticket);
  return true;
}

void DnsServer::tick() {
  for (AresChannel* channel : {udp_.get(), tcp_.get()})
    if (channel != nullptr) channel->tick();
  for (const auto& channel : retired_)
    channel->tick();
  std::erase_if(retired_, [](const auto& channel) { return channel->is_idle(); });
}

std::size_t DnsServer::under_way() const {
  std::size_t count = 0;
  for (const AresChannel* channel : {udp_.get(), tcp_.get()})
    if (channel != nullptr) count += channel->under_way();
  for (const auto& channel : retired_)
    count += channel->under_way();
  return count;
}

std::string DnsServer::name() const {
  const conf::Address& address = settings_.address;
  const bool v6 = address.host.find(':') != std::string::npos;
  const std::string host = v6 ? fmt::format("[{}]", address.host) : address.host;
  return fmt::format("{}:{}", host, address.port);
}

}  // namespace xspamd
