// Greylisting: mail whose score reaches the threshold of "greylist" and no higher one is put off until its
// client comes again after a delay; then it is accepted. What something else than the score decided is left
// alone. Off by default: the action is advice then. Without the store, and where the client cannot be told to
// come again (SPAMC knows no such answer), nothing is put off.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "proto/base/text.h"
#include "rules/checks/own_mail.h"
#include "rules/except_list.h"
#include "rules/io_runner.h"
#include "rules/learn/greylist.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array<Symbol, 1> kSymbols{
    {{"GREYLIST", {}, "Mail that looks a little like spam is put off once; who comes again is let through"}}};

constexpr seconds kPatience{1};  // with the store

struct Options {
  OwnMail own;
  GreylistOptions greylist;
  ExceptList except;
  bool marked = false;  // mail that would be marked, too
  std::string message;
};

bool is_in_band(const Verdict& verdict, bool marked) {
  if (!verdict.forced_by.empty()) return false;
  if (verdict.action == Action::greylist) return true;
  return marked && (verdict.action == Action::add_header || verdict.action == Action::rewrite_subject);
}

// By names that nobody can forge: the client's own, and a domain that its SPF record has proved.
bool is_excepted(const ExceptList& except, const Scan& scan, const IpAddress& client) {
  if (contains(except.networks, client)) return true;
  if (except.has_domain(to_lower(scan.mail.request.envelope.hostname))) return true;
  if (except.has_domain(scan.facts.host.verified)) return true;
  const auto& spf = scan.facts.spf;
  return spf && spf->result == auth::SpfResult::pass && !spf->plus_all &&
         except.has_domain(to_lower(spf->domain));
}

// Why it is not greylisted; empty if it is. What has no client's address was handed over on this machine.
std::string_view why_spared(const Options& options, const Scan& scan) {
  const Envelope& envelope = scan.mail.request.envelope;
  if (options.own.is_spared(envelope)) return "own mail";
  if (!envelope.client) return "no client address";
  return is_excepted(options.except, scan, *envelope.client) ? "except" : "";
}

// A mail server may put off what is called "greylist", too: what is let through has no action left.
void pass(Scan& scan, std::string_view why) {
  scan.add("GREYLIST", {"pass", std::string(why)});
  if (scan.so_far->action == Action::greylist) scan.decide({Action::no_action, "GREYLIST", {}});
}

void put_off(const Options& options, const GreylistAnswer& answer, Scan& scan) {
  const auto until = std::chrono::system_clock::to_time_t(answer.until);
  scan.add("GREYLIST", {"greylisted", fmt::format("{:%FT%TZ}", fmt::gmtime(until)), std::string(answer.why)});
  scan.decide({Action::soft_reject, "GREYLIST", options.message});
}

void tell(const Options& options, const GreylistAnswer& answer, Scan& scan) {
  if (answer.passes) {
    pass(scan, answer.why);
  } else {
    put_off(options, answer, scan);
  }
}

void tell_no_store(Scan& scan) {
  scan.store_failed.insert("greylist");
  if (scan.so_far->action == Action::greylist) scan.decide({Action::no_action, "STORE_UNAVAILABLE", {}});
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const std::shared_ptr<Store> store = scan.memory().store;
  if (!store || !scan.so_far || scan.mail.request.dialect == Dialect::spamc) co_return;
  if (!is_in_band(*scan.so_far, options->marked)) co_return;
  if (const std::string_view why = why_spared(*options, scan); !why.empty()) {
    pass(scan, why);
    co_return;
  }
  const GreylistKeys keys = greylist_keys(scan.mail, *scan.mail.request.envelope.client, options->greylist);
  std::vector<StoreKey> asked = keys.all();
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  const auto entries = co_await store->get(std::move(asked), deadline);
  if (!entries) {
    tell_no_store(scan);
    co_return;
  }
  const GreylistAnswer answer = judge_greylist(keys, *entries, options->greylist, scan.mail.now);
  write_greylist(keys, answer, options->greylist, scan.mail.now, *store);
  // The next attempt may come to another server.
  if (store->is_shared()) {
    co_await store->flush(deadline);
  }
  tell(*options, answer, scan);
}

Result<int> read_mask(conf::Section& section, std::string_view key, std::uint8_t preset, int most) {
  const int bits = section.get(key, preset, "Bits of the client's address that are compared");
  if (bits < 8 || bits > most)
    return fail(Errc::invalid, fmt::format("{} is {}: expected 8 to {}", key, bits, most));
  return bits;
}

seconds read_time(conf::Section& section, std::string_view key, seconds preset, std::string_view about) {
  return std::chrono::ceil<seconds>(section.get(key, milliseconds(preset), about));
}

Result<void> read_greylist(conf::Section& section, GreylistOptions& options) {
  options.delay =
      read_time(section, "delay", options.delay, "Time before which mail that comes again is early");
  options.expire = read_time(section, "expire", options.expire,
                             "Time for which a mail that came is known, counted anew when it passes");
  if (options.expire <= options.delay)
    return fail(Errc::invalid, fmt::format("expire is {} s: expected more than delay, which is {} s",
                                           options.expire.count(), options.delay.count()));
  const auto ipv4 = read_mask(section, "ipv4_mask", 19, 32);
  if (!ipv4) return tl::unexpected<Error>(ipv4.error());
  const auto ipv6 = read_mask(section, "ipv6_mask", 64, 128);
  if (!ipv6) return tl::unexpected<Error>(ipv6.error());
  options.ipv4_mask = *ipv4;
  options.ipv6_mask = *ipv6;
  options.by_body = section.get(
      "by_body", false,
      "Mail may also come again from another network, when sender, recipients and body are the same");
  options.auto_allow =
      section.get("auto_allow", options.auto_allow,
                  "Passes after which a network's mail of one sender's domain is let through at "
                  "once; 0: never");
  options.auto_expire = read_time(section, "auto_expire", options.auto_expire,
                                  "Time for which that lasts, counted from the last mail");
  return {};
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own = read_own_mail(section, services);
  const auto read = read_greylist(section, options->greylist);
  if (!read) return tl::unexpected<Error>(read.error());
  auto except =
      read_except(section, "Networks, and domains of clients or proved by SPF, that are never greylisted");
  if (!except) return tl::unexpected<Error>(except.error());
  options->except = std::move(*except);
  options->marked = section.get("marked", false, "Also greylist mail that would be marked as spam");
  options->message = section.get("message", "Try again later", "Text for the SMTP reply");
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check greylist_check;
const Check greylist_check{.name = "greylist",
                           .group = "greylist",
                           .about = "Puts off once what looks a little like spam",
                           .phase = Phase::after,
                           .after = {},
                           .symbols = kSymbols,
                           .make = make};

}  // namespace xspamd
