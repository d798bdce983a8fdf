// The hosts that a client names, against the DNS: its own reverse name, its greeting (RFC 5321 §4.1.4), the
// domain of the envelope's sender, and the network it is in. A host name that the mail server tells is one it
// has verified: then the name is not looked up again. Our own users and networks are not looked at, and
// addresses that are not public are never asked about (those of documentation are: nobody else has them). At
// most kMostQuestions questions a message; what the DNS did not tell scores nothing.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proto/mail/address.h"
#include "rules/checks/own_mail.h"
#include "rules/hosts/asn.h"
#include "rules/hosts/mail_host.h"
#include "rules/hosts/reverse_name.h"
#include "rules/io/ask_all.h"
#include "rules/io_runner.h"
#include "rules/listed_domain.h"
#include "rules/lists/asked_name.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

constexpr std::size_t kMostQuestions = 12;

constexpr std::array<Symbol, 12> kSymbols{
    {{"HFILTER_HOSTNAME_UNKNOWN", Points{2500}, "The client's address has no name that leads back to it"},
     {"RDNS_NONE", Points{1000}, "The client's address has no name"},
     {"RDNS_DNSFAIL", Points{}, "The name of the client's address could not be looked up"},
     {"HFILTER_HELO_IP_A", Points{1000}, "The client greeted with a name that is not its own"},
     {"HFILTER_HELO_NORES_A_OR_MX", Points{300}, "The client greeted with a name that does not exist"},
     {"HFILTER_HELO_NORESOLVE_MX", Points{200},
      "The client greeted with a name whose mail exchange does not exist"},
     {"HFILTER_FROMHOST_NORES_A_OR_MX", Points{1500}, "The domain of the envelope's sender does not exist"},
     {"HFILTER_FROMHOST_NORESOLVE_MX", Points{500},
      "The mail exchange of the envelope's sender does not exist"},
     // deviates: rspamd hits where there is no MX, though an address will do (RFC 5321 §5.1).
     {"MX_MISSING", Points{3500}, "The sender's domain has neither a mail exchange nor an address"},
     {"MX_INVALID", Points{500}, "The sender's domain has no mail exchange that works"},
     {"MX_GOOD", Points{}, "The sender's domain has a mail exchange"},
     {"ASN", Points{}, "The network that the client is in"}}};

struct Options {
  OwnMail own;
  bool mx = false;
  std::string zone4;
  std::string zone6;
  std::vector<Network> reserved;
  std::shared_ptr<const Suffixes> suffixes;
};

// What is asked about; empty names are not.
struct Subjects {
  IpAddress client;
  bool is_public = false;
  std::string hostname;  // verified by the mail server
  std::string helo;
  std::string sender;       // domain
  std::string mail_domain;  // whose mail exchange is looked at
};

// What the DNS says of them.
struct Findings {
  HostFacts host;
  HostAddress helo;
  MailExchange helo_exchange;
  HostAddress sender;
  MailExchange sender_exchange;
  HostAddress mail_address;
  MailExchange mail_exchange;
};

Subjects subjects_of(const Options& options, const Envelope& envelope) {
  Subjects subjects;
  subjects.client = *envelope.client;
  subjects.is_public = !contains(options.reserved, subjects.client);
  subjects.hostname = askable_host(envelope.hostname).value_or("");
  // The greeting of a client that is not on the internet need not lead there.
  if (subjects.is_public) subjects.helo = askable_host(envelope.helo).value_or("");
  if (subjects.helo == subjects.hostname) subjects.helo.clear();
  subjects.sender = askable_host(parse_path(envelope.sender).domain).value_or("");
  if (!options.mx) return subjects;
  subjects.mail_domain =
      envelope.sender.empty()
          ? std::string(options.suffixes->registrable(askable_host(envelope.helo).value_or("")))
          : subjects.sender;
  return subjects;
}

// Pure: of the answers that there are. What it finds first is asked first.
Findings look_up(const Options& options, const Subjects& subjects, Inquiry& inquiry) {
  Findings findings;
  HostFacts& host = findings.host;
  if (!subjects.hostname.empty()) {
    host.has_name = host.confirmed = Known::yes;
    host.verified = subjects.hostname;
  } else if (subjects.is_public) {
    find_names(inquiry, subjects.client, host);
  }
  const std::string& zone = subjects.client.is_v4() ? options.zone4 : options.zone6;
  if (subjects.is_public && !zone.empty()) find_network(inquiry, zone, subjects.client, host);
  if (!subjects.sender.empty()) {
    findings.sender = find_address(inquiry, subjects.sender);
    if (findings.sender.exists == Known::no)
      findings.sender_exchange = find_exchange(inquiry, subjects.sender);
  }
  if (!subjects.helo.empty()) {
    findings.helo = find_address(inquiry, subjects.helo, &subjects.client);
    if (findings.helo.exists == Known::no) findings.helo_exchange = find_exchange(inquiry, subjects.helo);
  }
  if (!subjects.mail_domain.empty()) {
    findings.mail_exchange = find_exchange(inquiry, subjects.mail_domain);
    if (findings.mail_exchange.exists == Known::no)
      findings.mail_address = find_address(inquiry, subjects.mail_domain);
  }
  return findings;
}

// Whether something that was asked about is not known for lack of an answer.
bool is_incomplete(const Options& options, const Subjects& subjects, const Findings& findings) {
  const HostFacts& host = findings.host;
  const std::string& zone = subjects.client.is_v4() ? options.zone4 : options.zone6;
  const auto lacks_host = [](const std::string& name, Known address, const MailExchange& exchange) {
    if (name.empty()) return false;
    if (address != Known::no) return address == Known::unknown;
    return exchange.exists == Known::unknown ||
           (exchange.exists == Known::yes && exchange.resolves == Known::unknown);
  };
  const MailExchange& mail = findings.mail_exchange;
  const Known mail_address = mail.exists == Known::no ? findings.mail_address.exists : mail.resolves;
  return (subjects.is_public && host.confirmed == Known::unknown) ||
         (subjects.is_public && !zone.empty() && host.routed == Known::unknown) ||
         lacks_host(subjects.sender, findings.sender.exists, findings.sender_exchange) ||
         lacks_host(subjects.helo, findings.helo.exists, findings.helo_exchange) ||
         (!subjects.mail_domain.empty() && mail_address == Known::unknown);
}

void tell_client(const HostFacts& host, Hits& hits) {
  if (host.confirmed == Known::no) hits.add("HFILTER_HOSTNAME_UNKNOWN", host.names);
  if (host.has_name == Known::no) hits.add("RDNS_NONE");
  if (host.routed == Known::yes) hits.add("ASN", network_options(host));
}

// A host of a farm greets with another name of its owner.
bool is_same_owner(const Options& options, std::string_view name, std::string_view verified) {
  const std::string_view owner = options.suffixes->registrable(name);
  return !owner.empty() && owner == options.suffixes->registrable(verified);
}

// The exchange that there is, though it is of no use.
std::string shown(const MailExchange& exchange) {
  return exchange.is_null ? "null MX" : exchange.host;
}

void tell_helo(const Options& options, const Subjects& subjects, const Findings& findings, Hits& hits) {
  const HostAddress& address = findings.helo;
  const bool owner_known = findings.host.confirmed != Known::unknown;
  if (address.is_client == Known::no && address.exists != Known::unknown && owner_known &&
      !is_same_owner(options, subjects.helo, findings.host.verified))
    hits.add("HFILTER_HELO_IP_A", {subjects.helo});
  if (address.exists != Known::no) return;
  const MailExchange& exchange = findings.helo_exchange;
  if (exchange.exists == Known::no) hits.add("HFILTER_HELO_NORES_A_OR_MX", {subjects.helo});
  if (exchange.resolves == Known::no) hits.add("HFILTER_HELO_NORESOLVE_MX", {subjects.helo, shown(exchange)});
}

void tell_sender(const Subjects& subjects, const Findings& findings, Hits& hits) {
  if (findings.sender.exists != Known::no) return;
  const MailExchange& exchange = findings.sender_exchange;
  if (exchange.exists == Known::no) hits.add("HFILTER_FROMHOST_NORES_A_OR_MX", {subjects.sender});
  if (exchange.resolves == Known::no)
    hits.add("HFILTER_FROMHOST_NORESOLVE_MX", {subjects.sender, shown(exchange)});
}

void tell_mail_exchange(const Subjects& subjects, const Findings& findings, Hits& hits) {
  const MailExchange& exchange = findings.mail_exchange;
  if (exchange.resolves == Known::yes) hits.add("MX_GOOD", {exchange.host});
  // RFC 7505 §4.2: a domain that takes no mail sends none either.
  if (exchange.resolves == Known::no) hits.add("MX_INVALID", {subjects.mail_domain, shown(exchange)});
  if (exchange.exists != Known::no) return;
  if (findings.mail_address.exists == Known::yes) hits.add("MX_GOOD", {subjects.mail_domain});
  if (findings.mail_address.exists == Known::no) hits.add("MX_MISSING", {subjects.mail_domain});
}

std::string_view name(Known known) {
  return known == Known::yes ? "yes" : known == Known::no ? "no" : "unknown";
}

void tell(const Options& options, const Subjects& subjects, const Findings& findings, Scan& scan) {
  const HostFacts& host = findings.host;
  const bool looked = subjects.is_public || !subjects.hostname.empty();
  if (looked) tell_client(host, scan.hits);
  if (!subjects.helo.empty()) tell_helo(options, subjects, findings, scan.hits);
  tell_sender(subjects, findings, scan.hits);
  tell_mail_exchange(subjects, findings, scan.hits);
  scan.note(fmt::format("hosts: client has a name: {}, confirmed: {}{}{}", name(host.has_name),
                        name(host.confirmed), host.verified.empty() ? "" : " ", host.verified));
}

// A resolver that has never found a name proves nothing by denying one.
void say_nothing(Scan& scan) {
  for (const Symbol& symbol : kSymbols)
    scan.unsure.insert(symbol.name);
  scan.note("hosts: the resolver has found no name at all since the start: what it denies is not believed");
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const Envelope& envelope = scan.mail.request.envelope;
  if (!envelope.client || options->own.is_spared(envelope)) co_return;
  const Subjects subjects = subjects_of(*options, envelope);
  Inquiry inquiry(kMostQuestions);
  Findings findings = look_up(*options, subjects, inquiry);
  const Deadline until = scan.dns_until();
  for (auto wanted = inquiry.take_wanted(); !wanted.empty(); wanted = inquiry.take_wanted()) {
    auto replies = co_await ask_all(scan.dns(), wanted, until);
    inquiry.add(std::move(replies));
    findings = look_up(*options, subjects, inquiry);
  }
  if (scan.dns().has_found()) {
    tell(*options, subjects, findings, scan);
  } else {
    say_nothing(scan);
    findings.host.has_name = findings.host.confirmed = Known::unknown;
  }
  std::string failure = inquiry.first_failure();
  if (!failure.empty() && is_incomplete(*options, subjects, findings)) {
    if (subjects.is_public && findings.host.confirmed == Known::unknown) scan.add("RDNS_DNSFAIL");
    scan.skip("hosts", std::move(failure));
  }
  if (inquiry.is_exhausted()) scan.note("hosts: not all was asked, the names lead to too many questions");
  scan.facts.host = std::move(findings.host);
}

Result<std::string> read_zone(conf::Section& section, std::string_view key, std::string_view about) {
  const std::string zone = section.get(key, "", about);
  if (zone.empty()) return zone;
  auto domain = listed_domain(zone);
  if (!domain) return fail(Errc::invalid, fmt::format("{}: {}", key, domain.error().sentence));
  return domain;
}

// RFC 5737, RFC 3849: examples and tests are written with these, and there they stand for public ones.
bool is_documentation(const Network& network) {
  static const std::array kNetworks{*Network::parse("192.0.2.0/24"), *Network::parse("198.51.100.0/24"),
                                    *Network::parse("203.0.113.0/24"), *Network::parse("2001:db8::/32")};
  return std::find(kNetworks.begin(), kNetworks.end(), network) != kNetworks.end();
}

// The networks that nobody has on the internet stand with the check hfilter.
std::vector<Network> reserved_networks(const Services& services) {
  conf::Problems told_there;
  conf::Section section("checks.hfilter", conf::find(services.config.tree, "checks.hfilter"), told_there);
  auto reserved = section.get("reserved", std::vector<Network>{}, "");
  std::erase_if(reserved, is_documentation);
  return reserved;
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  options->mx = section.get("mx", false, "Also look for the mail exchange of each sender's domain");
  auto zone4 =
      read_zone(section, "asn_zone4", "Zone that tells the network of IPv4 clients; empty: not asked");
  if (!zone4) return tl::unexpected<Error>(zone4.error());
  auto zone6 =
      read_zone(section, "asn_zone6", "Zone that tells the network of IPv6 clients; empty: not asked");
  if (!zone6) return tl::unexpected<Error>(zone6.error());
  options->zone4 = std::move(*zone4);
  options->zone6 = std::move(*zone6);
  options->reserved = reserved_networks(services);
  options->suffixes = services.suffixes ? services.suffixes : std::make_shared<const Suffixes>();
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check hosts_check;
const Check hosts_check{.name = "hosts",
                        .group = "hfilter",
                        .about = "The client's name, greeting, sender and network in the DNS",
                        .phase = Phase::scan,
                        .after = {},
                        .symbols = kSymbols,
                        .make = make};

}  // namespace xspamd
