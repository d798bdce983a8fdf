#include "server/doctor_dns.h"

#include <fmt/format.h>

#include <asio/io_context.hpp>
#include <exception>

#include "proto/base/text.h"
#include "rules/io/ask_all.h"
#include "rules/io/random.h"
#include "rules/io/resolver.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

struct Answered {
  DnsReply reply;
  std::chrono::milliseconds time{0};
  bool heard = false;  // anything at all came from the server
};

// Asks one server.
Answered ask_server(const conf::Dns& settings, const dns::Question& question) {
  constexpr std::chrono::milliseconds kMost{5'000};
  asio::io_context loop(1);
  Resolver resolver(loop.get_executor(), settings);
  Answered answered;
  const auto begin = Clock::now();
  const Deadline deadline = begin + std::min(kMost, settings.timeout * (settings.retries + 1));
  run_alone(loop, ask_into(resolver, question, deadline, answered.reply));
  answered.time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  answered.heard = resolver.heard();
  return answered;
}

// RFC 6761 §6.4, §6.2: below these names there is nothing, whoever is asked.
dns::Question random_question(Random& random, std::string_view domain) {
  return {fmt::format("xspamd-{:016x}.{}", random.next64(), domain), dns::Type::a};
}

void add_failure(const std::string& text, const Answered& answered, Findings& findings) {
  if (answered.reply->why != "timeout") {
    findings.problem(fmt::format("{}: {}", text, answered.reply->why),
                     "let it resolve for this machine, or name another server in dns.servers");
  } else if (answered.heard) {
    findings.problem(
        text + ": what it sends is not the answer to what was asked",
        "names are sent in random letter case, which it must repeat; name another server in dns.servers");
  } else {
    findings.problem(text + ": no answer", "start it, or name another server in dns.servers");
  }
}

void add_rewritten(const std::string& text, const dns::Question& question, const Answered& answered,
                   Findings& findings) {
  const auto& addresses = answered.reply->addresses;
  findings.problem(
      fmt::format("{}: NXDOMAIN is rewritten, {} has the address {}", text, question.name,
                  addresses.empty() ? "?" : addresses.front().to_string()),
      "DNS lists would name everybody; use a resolver of your own, such as unbound, in dns.servers");
}

void examine_server(const conf::Dns& settings, Random& random, Findings& findings) {
  const std::string text = fmt::format("dns {}", settings.servers.front());
  const dns::Question local = random_question(random, "invalid");
  const Answered first = ask_server(settings, local);
  if (first.reply->unknown()) return add_failure(text, first, findings);
  if (first.reply->found()) return add_rewritten(text, local, first, findings);
  // Many servers know that nothing is below "invalid"; for "test" they ask the root.
  const dns::Question asked_on = random_question(random, "test");
  const Answered second = ask_server(settings, asked_on);
  if (second.reply->found()) return add_rewritten(text, asked_on, second, findings);
  if (second.reply->unknown()) {
    findings.warn(fmt::format("{}: answers, but cannot ask others ({})", text, second.reply->why),
                  "look at its own connection to the network");
    return;
  }
  findings.ok(fmt::format("{}: answers in {} ms", text, std::max(first.time, second.time).count()));
}

}  // namespace

void examine_dns(const conf::Config& config, Findings& findings) {
  try {
    asio::io_context loop(1);
    const std::vector<std::string> servers = Resolver(loop.get_executor(), config.dns).servers();
    Random random;
    for (const std::string& server : servers) {
      conf::Dns settings = config.dns;
      settings.servers = {server};
      examine_server(settings, random, findings);
    }
  } catch (const std::exception& error) {
    findings.problem("dns", error.what());
  }
}

}  // namespace xspamd
