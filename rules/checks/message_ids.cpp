// The Message-ID (RFC 5322 §3.6.4) against the addresses of the message: programs take it from their own
// host, spam tools often from an address they have at hand.
#include <array>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/addresses.h"
#include "rules/check.h"

namespace xspamd {

namespace {

constexpr std::array<Symbol, 5> kSymbols{
    {{"MID_CONTAINS_FROM", Points{300}, "The Message-ID holds the sender's address"},
     {"MID_RHS_MATCH_FROM", Points{}, "The Message-ID was made in the sender's domain"},
     {"MID_CONTAINS_TO", Points{1000}, "The Message-ID holds the recipient's address"},
     {"MID_RHS_MATCH_TO", Points{1000}, "The Message-ID claims to be made in the recipient's domain"},
     {"MID_END_EQ_FROM_USER_PART", Points{4000}, "The Message-ID ends in the sender's user name"}}};

// All lower-case letters: no domain, but a name.
bool is_word(std::string_view text) {
  for (const char c : text) {
    if (c < 'a' || c > 'z') return false;
  }
  return !text.empty();
}

Hits run(const Mail& mail, Deadline) {
  Hits hits;
  const std::string& id = mail.message.message_id();
  if (id.empty()) return hits;
  const std::string_view host = std::string_view(id).substr(id.rfind('@') + 1);
  const bool has_host = host.size() < id.size();
  const auto from = first_field_mailboxes(mail.message, "From");
  const auto to = written_recipients(mail.message);
  if (!from.empty() && !from[0].domain.empty()) {
    const Mailbox& sender = from[0];
    if (ifind(id, sender.address()) != std::string_view::npos) {
      hits.add("MID_CONTAINS_FROM");
    } else if (has_host && iequals(host, sender.domain)) {
      hits.add("MID_RHS_MATCH_FROM");
    }
    if (has_host && is_word(host) && host == sender.local) hits.add("MID_END_EQ_FROM_USER_PART");
  }
  // Mail within one domain has both of them there.
  if (to.empty() || to[0].domain.empty() || (!from.empty() && same_domain(from[0], to[0]))) return hits;
  if (ifind(id, to[0].address()) != std::string_view::npos) {
    hits.add("MID_CONTAINS_TO");
  } else if (has_host && iequals(host, to[0].domain)) {
    hits.add("MID_RHS_MATCH_TO");
  }
  return hits;
}

Result<Runner> make(conf::Section&, Services&) {
  return Runner{CpuCheck{run}};
}

}  // namespace

extern const Check message_ids_check;
const Check message_ids_check{.name = "message_ids",
                              .group = "mid",
                              .about = "The Message-ID against sender and recipient",
                              .phase = Phase::scan,
                              .after = {},
                              .symbols = kSymbols,
                              .make = make};

}  // namespace xspamd
