#include "rules/auth/spf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "proto/base/text.h"
#include "rules/auth/spf_identity.h"
#include "rules/auth/spf_macro.h"
#include "rules/auth/spf_record.h"

namespace xspamd::auth {

namespace {

// Of the local part, the greeting and our name as macros see them; SMTP's own limits are 64 and 255 bytes
// (RFC 5321 §4.5.3.1).
constexpr std::size_t kMostValue = 512;

SpfResult result_of(char qualifier) {
  switch (qualifier) {
    case '-':
      return SpfResult::fail;
    case '~':
      return SpfResult::softfail;
    case '?':
      return SpfResult::neutral;
    default:
      return SpfResult::pass;
  }
}

// A name as the port wants it, where a backslash quotes (RFC 1035 §5.1).
std::string presentation(std::string_view name) {
  std::string text(name);
  for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at + 2))
    text.insert(at, 1, '\\');
  return text;
}

// A term as outcomes tell it; records may hold terms of any length.
std::string shown(std::string_view term) {
  constexpr std::size_t kMostShown = 255;
  return std::string(term.substr(0, kMostShown));
}

// RFC 1035 §3.5, RFC 3596 §2.5.
std::string reverse_name(const IpAddress& address) {
  SpfMacros macros;
  macros.client = address;
  return expand_domain("%{ir}.%{v}.arpa", macros);
}

bool is_below(std::string_view name, std::string_view domain) {
  return name.size() > domain.size() && name.ends_with(domain) &&
         name[name.size() - domain.size() - 1] == '.';
}

// A call of check_host() (§4): one domain and its record.
struct Frame {
  std::string domain;
  DnsReply reply;  // owns the text that the record views
  SpfRecord record;
  std::vector<std::string> steps = {};  // the include and the redirects that led here
  std::size_t next = 0;                 // of the terms

  const SpfTerm& current() const { return record.terms[next - 1]; }
};

// One evaluation. Includes and redirects go through a stack of frames, no deeper than the limit of look-ups.
// Terms stay where they are while frames come and go: a coroutine may hold one across an await.
class Evaluation {
 public:
  Evaluation(Dns& dns, const SpfInput& input, const SpfLimits& limits, Deadline deadline);
  Task<> run();
  SpfOutcome outcome;

 private:
  enum class Entry { first, include, redirect };

  Task<> enter(std::string domain, Entry entry, std::string step);
  Task<> step();
  Task<> redirect();
  Task<> evaluate(const SpfTerm& term);
  Task<> match_a(const SpfTerm& term, std::string target);
  Task<> match_mx(const SpfTerm& term, std::string target);
  Task<> match_ptr(const SpfTerm& term, std::string target);
  Task<> match_exists(const SpfTerm& term, std::string target);
  Task<std::string> target_of(std::string_view spec);
  Task<> set_macros(std::string_view text);
  Task<std::string> validated_name(std::string domain);
  Task<std::string> first_validated(std::vector<std::string> names);
  Task<> explain();

  bool covers(const SpfTerm& term, const IpAddress& address) const;
  bool covers_any(const SpfTerm& term, const DnsAnswer& answer) const;
  bool passes_everyone(const SpfTerm& term) const;
  bool may_look_up();
  void count_void();
  void conclude(const SpfTerm* term);
  void end(SpfResult result, std::string problem = {});
  void end_unknown(const dns::Question& question, const DnsAnswer& answer);

  dns::Type address_type() const { return macros_.client.is_v4() ? dns::Type::a : dns::Type::aaaa; }

  Dns& dns_;
  const SpfLimits limits_;
  const Deadline deadline_;
  SpfMacros macros_;
  std::string validated_for_;  // the domain that macros_.validated was chosen for
  std::vector<Frame> frames_;
  int lookups_ = 0;
  int voids_ = 0;
  bool ended_ = false;
};

Evaluation::Evaluation(Dns& dns, const SpfInput& input, const SpfLimits& limits, Deadline deadline)
    : dns_(dns), limits_(limits), deadline_(deadline) {
  SpfIdentity identity = spf_identity(input.sender, input.helo);
  outcome.by_helo = identity.by_helo;
  outcome.domain = identity.domain;
  macros_.client = input.client;
  macros_.local = identity.local.substr(0, kMostValue);
  macros_.sender_domain = std::move(identity.domain);
  macros_.helo = input.helo.substr(0, kMostValue);
  macros_.receiver = input.receiver.empty() ? "unknown" : input.receiver.substr(0, kMostValue);
  macros_.now = input.now;
}

void Evaluation::end(SpfResult result, std::string problem) {
  ended_ = true;
  outcome.result = result;
  outcome.problem = std::move(problem);
}

// §2.6.6, §5.
void Evaluation::end_unknown(const dns::Question& question, const DnsAnswer& answer) {
  end(SpfResult::temperror, fmt::format("{} of {} could not be learned: {}", dns::name(question.type),
                                        printable(question.name), printable(answer.why)));
}

// §4.6.4.
bool Evaluation::may_look_up() {
  if (++lookups_ > limits_.lookups)
    end(SpfResult::permerror, fmt::format("more than {} terms ask the DNS", limits_.lookups));
  return !ended_;
}

// §4.6.4. Once for a term, when nothing that it asked for was there: that an exchange has no address of the
// client's family is no fault of the record.
void Evaluation::count_void() {
  if (++voids_ > limits_.void_lookups)
    end(SpfResult::permerror,
        fmt::format("more than {} terms ask for what is not there", limits_.void_lookups));
}

// §4.4, §4.5.
Task<> Evaluation::enter(std::string domain, Entry entry, std::string step) {
  const dns::Question question{presentation(domain), dns::Type::txt};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->unknown()) {
    end_unknown(question, *reply);
    co_return;
  }
  const auto& texts = reply->texts;
  const auto record = std::find_if(texts.begin(), texts.end(), is_spf_record);
  if (record == texts.end()) {  // §4.5, §5.2, §6.1
    const bool first = entry == Entry::first;
    end(first ? SpfResult::none : SpfResult::permerror,
        first ? "" : fmt::format("{} has no SPF record", printable(domain)));
    co_return;
  }
  if (std::find_if(record + 1, texts.end(), is_spf_record) != texts.end()) {
    end(SpfResult::permerror, fmt::format("{} has more than one SPF record", printable(domain)));
    co_return;
  }
  auto parsed = parse_spf_record(*record);
  if (!parsed) {
    end(SpfResult::permerror, std::move(parsed.error().sentence));
    co_return;
  }
  if (entry == Entry::redirect) {  // §6.1: takes the place of the record
    Frame& frame = frames_.back();
    frame.domain = std::move(domain);
    frame.record = std::move(*parsed);
    frame.reply = reply;
    frame.steps.push_back(std::move(step));
    frame.next = 0;
    co_return;
  }
  frames_.push_back({std::move(domain), reply, std::move(*parsed)});
  if (entry == Entry::include) frames_.back().steps.push_back(std::move(step));
}

Task<> Evaluation::run() {
  const bool literal = outcome.domain.starts_with('[') || IpAddress::parse(outcome.domain);
  if (!is_complete_name(outcome.domain) || literal) {  // §4.3
    outcome.domain = printable(cut_utf8(outcome.domain, kMostValue));
    co_return;
  }
  std::string domain = outcome.domain;
  std::string no_step;
  co_await enter(std::move(domain), Entry::first, std::move(no_step));
  while (!ended_)
    co_await step();
  if (outcome.result != SpfResult::fail || !limits_.explain) co_return;
  co_await explain();
}

// The next term that asks, or the end of the innermost record. Many networks are one step.
Task<> Evaluation::step() {
  Frame& frame = frames_.back();
  while (frame.next < frame.record.terms.size()) {
    const SpfTerm& term = frame.record.terms[frame.next++];
    if (term.asks()) {
      co_await evaluate(term);
      co_return;
    }
    if (term.mechanism == SpfMechanism::all || covers(term, term.address)) {
      conclude(&term);
      co_return;
    }
  }
  if (frame.record.redirect.empty()) {
    conclude(nullptr);
  } else {
    co_await redirect();
  }
}

// §6.1.
Task<> Evaluation::redirect() {
  if (!may_look_up()) co_return;
  const std::string_view spec = frames_.back().record.redirect;
  std::string target = co_await target_of(spec);
  if (ended_) co_return;
  std::string step = shown(fmt::format("redirect={}", spec));
  if (target.empty()) {
    end(SpfResult::permerror, fmt::format("{} leads to no domain", quoted(step)));
  } else {
    co_await enter(std::move(target), Entry::redirect, std::move(step));
  }
}

// A term that asks the DNS.
Task<> Evaluation::evaluate(const SpfTerm& term) {
  if (!may_look_up()) co_return;
  std::string target = co_await target_of(term.domain);
  if (ended_) co_return;
  // §4.8 leaves open what a name is that cannot be: no match here, and no domain to include (§5.2, none).
  if (target.empty()) {
    if (term.mechanism == SpfMechanism::include)
      end(SpfResult::permerror, fmt::format("{} leads to no domain", quoted(shown(term.text))));
    co_return;
  }
  switch (term.mechanism) {
    case SpfMechanism::include: {
      std::string step = shown(term.text);
      co_await enter(std::move(target), Entry::include, std::move(step));
      break;
    }
    case SpfMechanism::a:
      co_await match_a(term, std::move(target));
      break;
    case SpfMechanism::mx:
      co_await match_mx(term, std::move(target));
      break;
    case SpfMechanism::ptr:
      co_await match_ptr(term, std::move(target));
      break;
    default:
      co_await match_exists(term, std::move(target));
      break;
  }
}

// The name that a term asks for (§4.8); empty if it cannot be one. Ends the evaluation when the macro p takes
// one look-up too many (§4.6.4).
Task<std::string> Evaluation::target_of(std::string_view spec) {
  if (spec.empty()) co_return frames_.back().domain;
  if (uses_validated_name(spec) && !may_look_up()) co_return std::string();
  co_await set_macros(spec);
  co_return expand_domain(spec, macros_);
}

// For the innermost record (§7.3).
Task<> Evaluation::set_macros(std::string_view text) {
  macros_.domain = frames_.back().domain;
  if (!uses_validated_name(text) || validated_for_ == macros_.domain) co_return;
  validated_for_ = macros_.domain;
  std::string validated = co_await validated_name(macros_.domain);
  macros_.validated = std::move(validated);
}

// `address` of a, mx, ip4 or ip6 and its prefix length.
bool Evaluation::covers(const SpfTerm& term, const IpAddress& address) const {
  const bool four = macros_.client.is_v4();
  if (term.mechanism == SpfMechanism::ip4 && !four) return false;
  if (term.mechanism == SpfMechanism::ip6 && four) return false;
  return Network{address, four ? term.prefix4 : term.prefix6}.contains(macros_.client);
}

bool Evaluation::covers_any(const SpfTerm& term, const DnsAnswer& answer) const {
  return std::any_of(answer.addresses.begin(), answer.addresses.end(),
                     [&](const IpAddress& address) { return covers(term, address); });
}

// §5.3.
Task<> Evaluation::match_a(const SpfTerm& term, std::string target) {
  const dns::Question question{presentation(target), address_type()};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->unknown()) end_unknown(question, *reply);
  if (reply->absent()) count_void();
  if (covers_any(term, *reply)) conclude(&term);
}

// §5.4. deviates: an exchange that cannot be looked up does not hide that another one matches, for their
// order is chance.
Task<> Evaluation::match_mx(const SpfTerm& term, std::string target) {
  const dns::Question question{presentation(target), dns::Type::mx};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->unknown()) {
    end_unknown(question, *reply);
    co_return;
  }
  if (reply->exchanges.size() > static_cast<std::size_t>(limits_.names)) {  // §4.6.4
    end(SpfResult::permerror,
        fmt::format("{}: more than {} exchanges", quoted(shown(term.text)), limits_.names));
    co_return;
  }
  bool found = false;
  std::optional<dns::Question> lost;
  DnsReply why;
  for (const dns::Mx& exchange : reply->exchanges) {
    if (exchange.host.empty()) continue;  // RFC 7505
    const dns::Question host{exchange.host, address_type()};
    const DnsReply addresses = co_await dns_.ask(host, deadline_);
    if (covers_any(term, *addresses)) {
      conclude(&term);
      co_return;
    }
    found = found || addresses->found();
    if (!addresses->unknown() || lost) continue;
    lost = host;
    why = addresses;
  }
  if (lost) {
    end_unknown(*lost, *why);
  } else if (!found) {
    count_void();
  }
}

// §5.7: A records, whatever the client's address is.
Task<> Evaluation::match_exists(const SpfTerm& term, std::string target) {
  const dns::Question question{presentation(target), dns::Type::a};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->unknown()) end_unknown(question, *reply);
  if (reply->absent()) count_void();
  if (reply->found()) conclude(&term);
}

// §5.5. DNS trouble here is no match and no error. Names elsewhere cannot match and are not asked for; the
// order of those left is by name, since that of the DNS is chance.
Task<> Evaluation::match_ptr(const SpfTerm& term, std::string target) {
  const dns::Question question{reverse_name(macros_.client), dns::Type::ptr};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->absent()) count_void();
  if (ended_ || !reply->found()) co_return;
  const auto domain = dns::canonical_name(presentation(target));
  if (!domain) co_return;
  std::vector<std::string> names;
  std::copy_if(reply->names.begin(), reply->names.end(), std::back_inserter(names),
               [&](const std::string& name) { return name == *domain || is_below(name, *domain); });
  std::sort(names.begin(), names.end());
  const std::string validated = co_await first_validated(std::move(names));
  if (!validated.empty()) conclude(&term);
}

// §5.5: the first of the names that leads back to the client, of as many as may be asked for; empty if none.
Task<std::string> Evaluation::first_validated(std::vector<std::string> names) {
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > static_cast<std::size_t>(limits_.names))
    names.resize(static_cast<std::size_t>(limits_.names));
  for (const std::string& name : names) {
    const dns::Question question{name, address_type()};
    const DnsReply reply = co_await dns_.ask(question, deadline_);
    const auto& addresses = reply->addresses;
    if (std::find(addresses.begin(), addresses.end(), macros_.client) != addresses.end()) co_return name;
  }
  co_return std::string();
}

// §7.3, the macro p: the domain itself, else a name below it, else any; "unknown" when there is none or the
// DNS fails.
Task<std::string> Evaluation::validated_name(std::string domain) {
  const dns::Question question{reverse_name(macros_.client), dns::Type::ptr};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  std::vector<std::pair<int, std::string>> ranked;
  for (const std::string& name : reply->names) {
    if (name.find('\\') != std::string::npos) continue;  // no host name
    ranked.emplace_back(name == domain ? 0 : is_below(name, domain) ? 1 : 2, name);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> names;
  for (auto& [rank, name] : ranked)
    names.push_back(std::move(name));
  std::string validated = co_await first_validated(std::move(names));
  if (validated.empty()) validated = "unknown";
  co_return validated;
}

// As good as +all: networks that hold half of all addresses; of IPv6, half of 2000::/3, which is all that is
// given out (RFC 4291 §2.4). Networks of one record count together.
bool Evaluation::passes_everyone(const SpfTerm& term) const {
  if (term.mechanism == SpfMechanism::all) return true;
  const bool four = macros_.client.is_v4();
  const auto share = [four](const SpfTerm& of) {
    return std::ldexp(1.0, four ? -of.prefix4 : -of.prefix6);
  };
  double passed = 0;
  if (term.mechanism == SpfMechanism::a || term.mechanism == SpfMechanism::mx) passed = share(term);
  for (const SpfTerm& other : frames_.back().record.terms)
    if (other.mechanism == term.mechanism && !other.asks() && other.qualifier == '+') passed += share(other);
  constexpr double kHalf = 1.0 / 2;
  constexpr double kHalfOfUnicast = 1.0 / 16;
  return passed >= (four ? kHalf : kHalfOfUnicast);
}

// The innermost record has its result: of the term that matched, or neutral (§4.7). When an included record
// passes, the include matches; with another result the including record goes on (§5.2).
void Evaluation::conclude(const SpfTerm* term) {
  SpfResult result = term != nullptr ? result_of(term->qualifier) : SpfResult::neutral;
  std::size_t depth = frames_.size() - 1;
  for (; depth > 0 && result == SpfResult::pass; --depth)
    result = result_of(frames_[depth - 1].current().qualifier);
  if (depth > 0) {
    frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(depth), frames_.end());
    return;
  }
  end(result);
  outcome.mechanism = term != nullptr ? shown(term->text) : "default";
  outcome.plus_all = result == SpfResult::pass && passes_everyone(*term);
  for (const Frame& frame : frames_)
    outcome.via.insert(outcome.via.end(), frame.steps.begin(), frame.steps.end());
}

// §6.2: of the record that was asked for or redirected to, never of an included one. Whatever is wrong with
// it is no error, and its questions are not counted.
Task<> Evaluation::explain() {
  frames_.erase(frames_.begin() + 1, frames_.end());
  const std::string_view spec = frames_.front().record.exp;
  if (spec.empty()) co_return;
  co_await set_macros(spec);
  const std::string target = expand_domain(spec, macros_);
  if (target.empty()) co_return;
  const dns::Question question{presentation(target), dns::Type::txt};
  const DnsReply reply = co_await dns_.ask(question, deadline_);
  if (reply->texts.size() != 1) co_return;
  const std::string& text = reply->texts.front();
  co_await set_macros(text);
  outcome.explanation = expand_explanation(text, macros_).value_or("");
}

}  // namespace

std::string_view name(SpfResult result) {
  constexpr std::string_view kNames[] = {"none",     "neutral",   "pass",     "fail",
                                         "softfail", "temperror", "permerror"};
  return kNames[static_cast<std::size_t>(result)];
}

Task<SpfOutcome> check_spf(Dns& dns, SpfInput input, SpfLimits limits, Deadline deadline) {
  Evaluation evaluation(dns, input, limits, deadline);
  co_await evaluation.run();
  co_return std::move(evaluation.outcome);
}

}  // namespace xspamd::auth
