// The way that the message took, as its Received fields tell (RFC 5321 §4.4). The mail server's own line
// tells of the last hop and is not counted.
#include <algorithm>
#include <array>

#include "conf/section.h"
#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 16> kSymbols{
    {{"RCVD_COUNT_ZERO", Points{}, "No mail server passed the message on before"},
     {"RCVD_COUNT_ONE", Points{}, "One mail server passed the message on"},
     {"RCVD_COUNT_TWO", Points{}, "Two mail servers passed the message on"},
     {"RCVD_COUNT_THREE", Points{}, "Three or four mail servers passed the message on"},
     {"RCVD_COUNT_FIVE", Points{}, "Five or six mail servers passed the message on"},
     {"RCVD_COUNT_SEVEN", Points{}, "Seven to eleven mail servers passed the message on"},
     {"RCVD_COUNT_TWELVE", Points{}, "Twelve mail servers or more passed the message on"},
     {"ONCE_RECEIVED", Points{100}, "The message came almost directly from its sender"},
     {"DIRECT_TO_MX", Points{}, "A mail program seems to have sent the message straight to us"},
     {"RCVD_TLS_ALL", Points{}, "Every hop was encrypted"},
     {"RCVD_TLS_LAST", Points{}, "The last hop was encrypted"},
     {"RCVD_NO_TLS_LAST", Points{100}, "The last hop was not encrypted"},
     {"RCVD_VIA_SMTP_AUTH", Points{}, "A server on the way tells that the sender logged in"},
     {"RCVD_HELO_USER", Points{3000}, "A client on the way called itself \"user\""},
     {"RECEIVED_HELO_LOCALHOST", Points{}, "A client on the way called itself \"localhost\""},
     {"PREVIOUSLY_DELIVERED", Points{}, "The message had been delivered to a recipient that it names"}}};

struct Band {
  std::size_t least;
  std::string_view symbol;
};
constexpr std::array<Band, 7> kBands{{{12, "RCVD_COUNT_TWELVE"},
                                      {7, "RCVD_COUNT_SEVEN"},
                                      {5, "RCVD_COUNT_FIVE"},
                                      {3, "RCVD_COUNT_THREE"},
                                      {2, "RCVD_COUNT_TWO"},
                                      {1, "RCVD_COUNT_ONE"},
                                      {0, "RCVD_COUNT_ZERO"}}};

// Whose mail may come in one hop.
struct Options {
  bool check_local = false;
  bool check_authed = false;
  std::vector<Network> local;

  bool spare(const Envelope& envelope) const {
    if (!envelope.client) return true;  // whether there was a hop before us is not told
    if (!check_authed && envelope.is_authenticated()) return true;
    return !check_local && contains(local, *envelope.client);
  }
};

void check_count(const Options& options, const Mail& mail, Hits& hits) {
  const std::size_t all = mail.message.all("Received").size();
  const std::size_t count = all - std::min<std::size_t>(all, mail.origin.own ? 1 : 0);
  const auto band =
      std::find_if(kBands.begin(), kBands.end(), [&](const Band& b) { return count >= b.least; });
  hits.add(band->symbol, {std::to_string(count)});
  if (count > 1 || options.spare(mail.request.envelope)) return;
  hits.add("ONCE_RECEIVED");
  for (const std::string_view program : {"User-Agent", "X-Mailer"}) {
    const Field* field = mail.message.first(program);
    if (count == 0 && field != nullptr) return hits.add("DIRECT_TO_MX", {decoded(*field)});
  }
}

void check_encryption(const Origin& origin, Hits& hits) {
  const Received* last = origin.own ? &*origin.own : origin.hops.empty() ? nullptr : &origin.hops.front();
  if (last == nullptr) return;
  const bool all = std::all_of(origin.hops.begin(), origin.hops.end(), [](const Received& hop) {
    return hop.tls || hop.by.empty() || iequals(hop.by, "localhost");
  });
  if (!last->tls) {
    hits.add("RCVD_NO_TLS_LAST");
  } else {
    hits.add(all ? "RCVD_TLS_ALL" : "RCVD_TLS_LAST");
  }
}

void check_hops(const Mail& mail, Hits& hits) {
  bool login = false;
  bool user = iequals(mail.request.envelope.helo, "user");
  bool localhost = false;
  for (const Received& hop : mail.origin.hops) {
    login = login || hop.authenticated;
    user = user || iequals(hop.helo, "user");
    localhost = localhost || iequals(hop.helo, "localhost") || hop.helo == "[127.0.0.1]";
  }
  if (login) hits.add("RCVD_VIA_SMTP_AUTH");
  if (user) hits.add("RCVD_HELO_USER");
  if (localhost) hits.add("RECEIVED_HELO_LOCALHOST");
}

void check_delivered(const Mail& mail, Hits& hits) {
  const auto written = written_recipients(mail.message);
  for (const Received& hop : mail.origin.hops) {
    if (hop.envelope_for.empty()) continue;
    const Mailbox delivered = parse_path(hop.envelope_for);
    const bool named = std::any_of(written.begin(), written.end(),
                                   [&](const Mailbox& mailbox) { return same_address(mailbox, delivered); });
    if (named) hits.add("PREVIOUSLY_DELIVERED", {delivered.address()});
    return;
  }
}

Result<Runner> make(conf::Section& section, Services& services) {
  Options options;
  options.check_local = section.get("check_local", false, "Also expect several hops from local networks");
  options.check_authed =
      section.get("check_authed", false, "Also expect several hops from users who logged in");
  options.local = services.config.networks.local;
  return Runner{CpuCheck{[options](const Mail& mail, Deadline) {
    Hits hits;
    check_count(options, mail, hits);
    check_encryption(mail.origin, hits);
    check_hops(mail, hits);
    check_delivered(mail, hits);
    return hits;
  }}};
}

}  // namespace

extern const Check hops_check;
const Check hops_check{.name = "hops",
                       .group = "headers",
                       .about = "The servers that the message came through",
                       .phase = Phase::scan,
                       .after = {},
                       .symbols = kSymbols,
                       .make = make};

}  // namespace xspamd
