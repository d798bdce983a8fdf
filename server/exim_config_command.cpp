// The command `exim-config`: what to put into Exim, filled in with the address that is configured.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "conf/address.h"
#include "conf/shipped.h"
#include "proto/base/ip.h"
#include "proto/base/text.h"
#include "server/commands.h"

namespace xspamd {

namespace {

constexpr std::array<Argument, 1> kArguments{
    {{"--variant", Argument::Kind::text, "Only this one: rspamd or spamassassin"}}};

// The shipped files are usable as they are; these texts in them are replaced by what is configured.
constexpr std::string_view kShippedAddress = "127.0.0.1 11333";
constexpr std::string_view kShippedReject = "{150}";
constexpr std::string_view kShippedAddHeader = "{60}";

struct Variant {
  std::string_view name;
  std::string_view title;
  std::string_view main;  // names of shipped files
  std::string_view acl;
};
constexpr std::array<Variant, 2> kVariants{
    {{"rspamd", "rspamd's protocol: Exim 4.86 and later. Knows client, recipients and every action.",
      "main.conf", "acl_check_data.conf"},
     {"spamassassin", "SpamAssassin's protocol: any Exim. Knows the score alone.", "spamassassin/main.conf",
      "spamassassin/acl_check_data.conf"}}};

std::string shipped(std::string_view name) {
  for (const conf::Shipped& file : conf::exim_files()) {
    if (file.name == name) return std::string(file.text);
  }
  return {};
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

bool is_wildcard(const IpAddress& ip) {
  return std::all_of(ip.bytes().begin(), ip.bytes().end(), [](std::uint8_t byte) { return byte == 0; });
}

// An item of spamd_address. Exim separates by ":" unless another sign is named before the first item.
std::string spamd_item(const conf::Address& address) {
  if (!address.path.empty()) {
    return (address.path.find(':') == std::string::npos ? "" : "<; ") + address.path;
  }
  const auto ip = IpAddress::parse(address.host);
  // The one name that a listener may have is localhost.
  if (!ip) return fmt::format("127.0.0.1 {}", address.port);
  const std::string_view loopback = ip->is_v4() ? "127.0.0.1" : "::1";
  const std::string host = is_wildcard(*ip) ? std::string(loopback) : ip->to_string();
  return fmt::format("{}{} {}", ip->is_v4() ? "" : "<; ", host, address.port);
}

// The first TCP address, since Exim cuts long request heads on unix sockets; else the first of all. Empty:
// no address has a port that stays.
std::string spamd_address(const std::vector<std::string>& listen) {
  std::string first_unix;
  for (const std::string& text : listen) {
    const auto address = conf::parse_address(text);
    if (!address || address->tls) continue;  // Exim speaks no TLS here
    if (address->path.empty() && address->port != 0) return spamd_item(*address);
    if (!address->path.empty() && first_unix.empty()) first_unix = spamd_item(*address);
  }
  return first_unix;
}

// As $spam_score_int has it: times ten. What is off lies above every score.
std::string score_int(const std::optional<Points>& points) {
  return points ? fmt::format("{{{}}}", points->thousandths / 100) : "{99999}";
}

void show(const Variant& variant, const std::string& address, const conf::Actions& actions) {
  std::string main = shipped(variant.main);
  std::string acl = shipped(variant.acl);
  replace(main, kShippedAddress, address);
  // In this order, as either may take on the other's text: reject stands first in the file.
  replace(acl, kShippedAddHeader, score_int(actions.add_header));
  replace(acl, kShippedReject, score_int(actions.reject));
  fmt::print("# {}\n\n{}\n{}", variant.title, main, acl);
}

int run(const Options& options) {
  const std::string wanted = options.arguments.text("--variant");
  const bool known = std::any_of(kVariants.begin(), kVariants.end(),
                                 [&](const Variant& variant) { return variant.name == wanted; });
  if (!wanted.empty() && !known) {
    fmt::print(stderr, "xspamd: --variant {}: it is rspamd or spamassassin\n", quoted(wanted));
    return kUsage;
  }
  const auto loaded = load_plan(options);
  if (const int* status = std::get_if<int>(&loaded)) return *status;
  const conf::Config& config = std::get<std::shared_ptr<const Plan>>(loaded)->config;
  const std::string address = spamd_address(config.server.listen);
  if (address.empty()) {
    fmt::print(stderr, "xspamd: server.listen has no address with a port that stays the same\n");
    return kProblem;
  }
  bool first = true;
  for (const Variant& variant : kVariants) {
    if (!wanted.empty() && variant.name != wanted) continue;
    if (!first) fmt::print("\n\n");
    first = false;
    show(variant, address, config.actions);
  }
  return kFine;
}

}  // namespace

extern const Subcommand exim_config_command;
const Subcommand exim_config_command{.name = "exim-config",
                                     .about = "Print the option and the ACL for Exim",
                                     .arguments = kArguments,
                                     .run = run};

}  // namespace xspamd
