// Who the message says it is to: how many, with what names, and against sender and envelope.
#include <algorithm>
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 19> kSymbols{
    {{"RCPT_COUNT_ZERO", Points{}, "To and Cc name nobody"},
     {"RCPT_COUNT_ONE", Points{}, "To and Cc name one recipient"},
     {"RCPT_COUNT_TWO", Points{}, "To and Cc name two recipients"},
     {"RCPT_COUNT_THREE", Points{}, "To and Cc name three or four recipients"},
     {"RCPT_COUNT_FIVE", Points{}, "To and Cc name five or six recipients"},
     {"RCPT_COUNT_SEVEN", Points{}, "To and Cc name seven to eleven recipients"},
     {"RCPT_COUNT_TWELVE", Points{}, "To and Cc name 12 to 49 recipients"},
     {"RCPT_COUNT_GT_50", Points{}, "To and Cc name 50 recipients or more"},
     {"TO_DN_NONE", Points{}, "No recipient is written with a name"},
     {"TO_DN_SOME", Points{}, "Some recipients are written with a name"},
     {"TO_DN_ALL", Points{}, "All recipients are written with a name"},
     {"TO_DN_EQ_ADDR_SOME", Points{}, "Some recipients have their address as name"},
     {"TO_DN_EQ_ADDR_ALL", Points{}, "All recipients have their address as name"},
     {"TO_DN_RECIPIENTS", Points{2000}, "A recipient is called \"Recipients\""},
     {"TO_EQ_FROM", Points{}, "The message is from and to the same address"},
     {"TO_DOM_EQ_FROM_DOM", Points{}, "Sender and recipient are of one domain"},
     {"TO_MATCH_ENVRCPT_ALL", Points{}, "To and Cc name only recipients of the envelope"},
     {"TO_MATCH_ENVRCPT_SOME", Points{}, "To and Cc name some recipients of the envelope"},
     {"FORGED_RECIPIENTS", Points{2000}, "To and Cc name others than those who get the message"}}};

struct Band {
  std::size_t least;
  std::string_view symbol;
};
constexpr std::array<Band, 8> kBands{{{50, "RCPT_COUNT_GT_50"},
                                      {12, "RCPT_COUNT_TWELVE"},
                                      {7, "RCPT_COUNT_SEVEN"},
                                      {5, "RCPT_COUNT_FIVE"},
                                      {3, "RCPT_COUNT_THREE"},
                                      {2, "RCPT_COUNT_TWO"},
                                      {1, "RCPT_COUNT_ONE"},
                                      {0, "RCPT_COUNT_ZERO"}}};

using Mailboxes = std::vector<Mailbox>;

bool has_address(const Mailboxes& mailboxes, const Mailbox& wanted) {
  return std::any_of(mailboxes.begin(), mailboxes.end(),
                     [&](const Mailbox& mailbox) { return same_address(mailbox, wanted); });
}

bool has_domain(const Mailboxes& mailboxes, const Mailbox& wanted) {
  return std::any_of(mailboxes.begin(), mailboxes.end(),
                     [&](const Mailbox& mailbox) { return same_domain(mailbox, wanted); });
}

void check_names(const Mailboxes& written, Hits& hits) {
  std::size_t named = 0;
  std::size_t addresses = 0;
  bool generic = false;
  for (const Mailbox& mailbox : written) {
    const bool address = iequals(mailbox.name, mailbox.address());
    addresses += address ? 1 : 0;
    named += !address && !mailbox.name.empty() ? 1 : 0;
    generic = generic || iequals(mailbox.name, "recipient") || iequals(mailbox.name, "recipients");
  }
  if (named == written.size()) {
    hits.add("TO_DN_ALL");
  } else if (named > 0) {
    hits.add("TO_DN_SOME");
  } else if (addresses == 0) {
    hits.add("TO_DN_NONE");
  }
  if (addresses > 0) hits.add(addresses == written.size() ? "TO_DN_EQ_ADDR_ALL" : "TO_DN_EQ_ADDR_SOME");
  if (generic) hits.add("TO_DN_RECIPIENTS");
}

void check_sender(const Mailboxes& written, const Message& message, Hits& hits) {
  const auto from = first_field_mailboxes(message, "From");
  if (from.empty() || written.size() != 1) return;
  if (same_address(from[0], written[0])) {
    hits.add("TO_EQ_FROM");
  } else if (same_domain(from[0], written[0])) {
    hits.add("TO_DOM_EQ_FROM_DOM");
  }
}

// More than these are compared with nobody: work grows with the product.
constexpr std::size_t kMostCompared = 100;

// Neither may the header name only strangers, nor the envelope only people of domains that it does not name:
// a blind copy has the latter, a forwarded message the former.
bool are_forged(const Mail& mail, const Mailboxes& written, const Mailboxes& envelope) {
  const Mailbox sender = parse_path(mail.request.envelope.sender);
  const auto known = [&](const Mailbox& mailbox) {
    return has_address(envelope, mailbox) || has_domain(envelope, mailbox);
  };
  const auto named = [&](const Mailbox& mailbox) {
    return has_domain(written, mailbox) || same_address(mailbox, sender);
  };
  return std::none_of(written.begin(), written.end(), known) &&
         std::none_of(envelope.begin(), envelope.end(), named);
}

void check_envelope(const Mail& mail, Mailboxes written, Hits& hits) {
  Mailboxes envelope;
  for (const std::string& recipient : mail.request.envelope.recipients) {
    if (envelope.size() < kMostCompared) envelope.push_back(parse_path(recipient));
  }
  if (envelope.empty()) return;
  written.resize(std::min(written.size(), kMostCompared));
  const auto matched = std::count_if(written.begin(), written.end(),
                                     [&](const Mailbox& mailbox) { return has_address(envelope, mailbox); });
  if (static_cast<std::size_t>(matched) == written.size()) {
    hits.add("TO_MATCH_ENVRCPT_ALL");
  } else if (matched > 0) {
    hits.add("TO_MATCH_ENVRCPT_SOME");
  } else if (!is_list_mail(mail.message) && are_forged(mail, written, envelope)) {
    hits.add("FORGED_RECIPIENTS", {written[0].address(), envelope[0].address()});
  }
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  if (mail.message.first("To") == nullptr && mail.message.first("Cc") == nullptr) return hits;
  Mailboxes written = written_recipients(mail.message);
  std::erase_if(written, [](const Mailbox& mailbox) { return mailbox.address().empty(); });
  const auto band =
      std::find_if(kBands.begin(), kBands.end(), [&](const Band& b) { return written.size() >= b.least; });
  hits.add(band->symbol, {std::to_string(written.size())});
  if (written.empty()) return hits;
  check_names(written, hits);
  check_sender(written, mail.message, hits);
  check_envelope(mail, std::move(written), hits);
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check recipients_check;
const Check recipients_check{.name = "recipients",
                             .group = "headers",
                             .about = "The recipients of the header against sender and envelope",
                             .phase = Phase::scan,
                             .after = {},
                             .symbols = kSymbols,
                             .make = make};

}  // namespace xspamd
