// Replies to what our own users sent, and mail of those to whom they wrote. Own mail, by login or from
// networks.local, leaves digests in the store: of its Message-ID with its senders' addresses, and of its
// author's address with each recipient's. Other mail that names such a Message-ID (RFC 5322 §3.6.4) and goes
// to one of those senders is a reply; mail from such a recipient to such an author is of a known sender once
// SPF or DKIM has shown that the domain is not forged. A Message-ID is no secret where a list archives it:
// hence the recipient that must fit, and the short time for which an answer is awaited.
#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/auth/crypto.h"
#include "rules/auth/dmarc.h"
#include "rules/checks/own_mail.h"
#include "rules/io_runner.h"
#include "rules/scan.h"

namespace xspamd {

namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 2> kAfter{"spf", "dkim"};

// rspamd 3.4 gives a reply -4.
constexpr std::array<Symbol, 2> kSymbols{
    {{"REPLY", Points{-4000}, "The mail answers one that its recipient sent"},
     {"KNOWN_SENDER", Points{-1000},
      "The recipient has written to this sender before, and the sender's domain is not forged"}}};

constexpr std::size_t kMostIds = 20;
constexpr std::size_t kMostRecipients = 20;
constexpr std::size_t kDigest = 16;
constexpr std::chrono::seconds kPatience{1};  // with the store

struct Options {
  OwnMail own;
  milliseconds expiry{};
  milliseconds known_expiry{};
  std::shared_ptr<const Suffixes> suffixes;
};

std::string digest(std::string_view text) {
  return auth::digest_of(auth::Hash::sha256, text).substr(0, kDigest);
}

StoreKey reply_key(std::string_view id) {
  return {Space::sender, "reply:" + digest(id)};
}

// Addresses are in lower case.
StoreKey known_key(const std::string& ours, const std::string& theirs) {
  return {Space::sender, "known:" + digest(ours + "\n" + theirs)};
}

void add_address(const Mailbox& mailbox, std::vector<std::string>& addresses) {
  if (mailbox.local.empty() || mailbox.domain.empty()) return;
  std::string address = to_lower(mailbox.address());
  const bool known = std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  if (!known) addresses.push_back(std::move(address));
}

// Where it goes: To and Cc may say anything, and count where the mail server told nothing.
std::vector<std::string> recipients(const Mail& mail) {
  std::vector<std::string> addresses;
  const auto& envelope = mail.request.envelope.recipients;
  for (std::size_t i = 0; i < std::min(envelope.size(), kMostRecipients); ++i)
    add_address(parse_path(envelope[i]), addresses);
  if (!envelope.empty()) return addresses;
  for (const Mailbox& mailbox : written_recipients(mail.message)) {
    if (addresses.size() >= kMostRecipients) break;
    add_address(mailbox, addresses);
  }
  return addresses;
}

// The one author; empty where From names none, or several.
Mailbox author(const Mail& mail) {
  const auto from = first_field_mailboxes(mail.message, "From");
  return from.size() == 1 && !from[0].domain.empty() ? from[0] : Mailbox();
}

// To whom an answer would go.
std::vector<std::string> answer_addresses(const Mail& mail) {
  std::vector<std::string> addresses;
  add_address(author(mail), addresses);
  add_address(parse_path(mail.request.envelope.sender), addresses);
  const auto reply_to = first_field_mailboxes(mail.message, "Reply-To");
  if (!reply_to.empty()) add_address(reply_to[0], addresses);
  return addresses;
}

void remember(const Options& options, const Mail& mail, Store& store) {
  const auto ours = answer_addresses(mail);
  if (ours.empty()) return;
  const auto expiry = [&](milliseconds time) {
    return mail.now + std::chrono::ceil<std::chrono::seconds>(time);
  };
  if (const std::string& id = mail.message.message_id(); !id.empty()) {
    std::string senders;
    for (const std::string& address : ours)
      senders += digest(address);
    store.put(reply_key(id), std::move(senders), expiry(options.expiry));
  }
  // Mail to more is no correspondence.
  if (mail.request.envelope.recipients.size() > kMostRecipients) return;
  for (const std::string& theirs : recipients(mail))
    store.put(known_key(ours[0], theirs), "1", expiry(options.known_expiry));
}

// The last ids first: the message that was answered is the last of References.
void add_ids(const Field* field, std::vector<std::string>& ids) {
  if (field == nullptr) return;
  const std::string value = mail::header_text(mail::unfold(field->value));
  std::string_view text = value;
  if (text.find('<') == std::string_view::npos && !trim(text).empty() && ids.size() < kMostIds)
    ids.emplace_back(trim(text));
  while (ids.size() < kMostIds) {
    const std::size_t close = text.rfind('>');
    const std::size_t open = close == std::string_view::npos ? close : text.rfind('<', close);
    if (open == std::string_view::npos) return;
    const std::string_view id = trim(text.substr(open + 1, close - open - 1));
    if (!id.empty()) ids.emplace_back(id);
    text = text.substr(0, open);
  }
}

// RFC 7489 §3.1, relaxed; also where the domain publishes no policy. A record that lets everyone send proves
// nothing, nor does a signature that lets anyone add text.
bool is_proved(const Facts& facts, std::string_view domain, const Suffixes& suffixes) {
  const auto aligned = [&](const std::string& proved) {
    return auth::is_aligned(proved, domain, false, suffixes);
  };
  if (facts.spf && facts.spf->result == auth::SpfResult::pass && !facts.spf->plus_all &&
      aligned(facts.spf->domain))
    return true;
  return std::any_of(facts.dkim.begin(), facts.dkim.end(), [&](const auth::DkimOutcome& dkim) {
    return dkim.result == auth::DkimResult::pass && dkim.unsigned_bytes == 0 && aligned(dkim.domain);
  });
}

// The senders' digests that an entry holds have one length.
bool is_for(const StoreEntry& entry, const std::set<std::string, std::less<>>& recipient_digests) {
  for (std::size_t at = 0; at + kDigest <= entry.value.size(); at += kDigest) {
    if (recipient_digests.contains(std::string_view(entry.value).substr(at, kDigest))) return true;
  }
  return false;
}

// What is asked of the store: the ids first, then the pairs of addresses.
struct Questions {
  std::vector<std::string> ids;
  std::vector<std::string> recipients;
  std::string sender;  // whose domain is proved, in lower case; else empty

  std::vector<StoreKey> keys() const {
    std::vector<StoreKey> all;
    for (const std::string& id : ids)
      all.push_back(reply_key(id));
    if (sender.empty()) return all;
    for (const std::string& ours : recipients)
      all.push_back(known_key(ours, sender));
    return all;
  }
};

Questions questions_of(const Options& options, const Scan& scan) {
  Questions questions;
  questions.recipients = recipients(scan.mail);
  if (questions.recipients.empty()) return questions;
  add_ids(scan.mail.message.first("In-Reply-To"), questions.ids);
  add_ids(scan.mail.message.first("References"), questions.ids);
  const Mailbox from = author(scan.mail);
  if (!from.local.empty() && is_proved(scan.facts, from.domain, *options.suffixes))
    questions.sender = to_lower(from.address());
  return questions;
}

void tell(const Questions& questions, const std::vector<std::optional<StoreEntry>>& entries, Scan& scan) {
  std::set<std::string, std::less<>> digests;
  for (const std::string& address : questions.recipients)
    digests.insert(digest(address));
  bool is_known = false;
  bool is_reply = false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i]) continue;
    if (i >= questions.ids.size()) {
      is_known = true;
    } else if (!is_reply && is_for(*entries[i], digests)) {
      scan.add("REPLY", {questions.ids[i]});
      is_reply = true;
    }
  }
  if (is_known) scan.add("KNOWN_SENDER", {questions.sender});
}

Task<void> run(std::shared_ptr<const Options> options, Scan& scan) {
  const std::shared_ptr<Store> store = scan.memory().store;
  if (!store) co_return;
  if (options->own.is_spared(scan.mail.request.envelope)) {
    remember(*options, scan.mail, *store);
    co_return;
  }
  const Questions questions = questions_of(*options, scan);
  std::vector<StoreKey> keys = questions.keys();
  if (keys.empty()) co_return;
  const Deadline deadline = std::min(scan.deadline, Clock::now() + kPatience);
  const auto entries = co_await store->get(std::move(keys), deadline);
  if (entries) {
    tell(questions, *entries, scan);
  } else {
    scan.store_failed.insert("replies");
  }
}

Result<Runner> make(conf::Section& section, Services& services) {
  auto options = std::make_shared<Options>();
  options->own.local = services.config.networks.local;
  options->expiry = section.get("expiry", milliseconds(std::chrono::hours(24)),
                                "How long an answer to a message of our users is awaited");
  options->known_expiry =
      section.get("known_expiry", milliseconds(std::chrono::hours(90 * 24)),
                  "How long those to whom our users wrote are known, counted from the last message");
  options->suffixes = services.suffixes ? services.suffixes : std::make_shared<const Suffixes>();
  return io_runner(run, std::move(options));
}

}  // namespace

extern const Check replies_check;
const Check replies_check{.name = "replies",
                          .group = "replies",
                          .about = "Answers to mail of our own users, and senders to whom they wrote",
                          .phase = Phase::scan,
                          .after = kAfter,
                          .symbols = kSymbols,
                          .make = make};

}  // namespace xspamd
