#include "rules/learn/greylist.h"

#include <algorithm>

#include "proto/base/text.h"
#include "proto/mail/message.h"
#include "rules/auth/crypto.h"
#include "rules/host_network.h"

namespace xspamd {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kDigest = 16;
constexpr std::string_view kBetween{"\0", 1};

StoreKey key_of(std::string_view kind, std::string_view text) {
  std::string id(kind);
  id += auth::digest_of(auth::Hash::sha256, text).substr(0, kDigest);
  return {Space::greylist, std::move(id)};
}

// The same for the same recipients in any order.
std::string recipients_text(const std::vector<std::string>& recipients) {
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < std::min(recipients.size(), kMostGreylistRecipients); ++i)
    sorted.push_back(to_lower(recipients[i]));
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const std::string& recipient : sorted)
    text.append(recipient).append(kBetween);
  return text;
}

std::optional<sys_seconds> seen_first(const std::optional<StoreEntry>& entry, sys_seconds now) {
  if (!entry) return std::nullopt;
  const auto told = parse_unsigned(entry->value);
  const auto latest = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0));
  if (!told || *told > latest) return std::nullopt;
  return sys_seconds(seconds(*told));
}

}  // namespace

std::vector<StoreKey> GreylistKeys::all() const {
  std::vector<StoreKey> keys = mail;
  if (network) keys.push_back(*network);
  return keys;
}

GreylistKeys greylist_keys(const Mail& mail, const IpAddress& client, const GreylistOptions& options) {
  const Envelope& envelope = mail.request.envelope;
  const std::string network =
      network_of(client, client.is_v4() ? options.ipv4_mask : options.ipv6_mask).to_string();
  const std::string sender = to_lower(envelope.sender);
  std::string both = sender;
  both.append(kBetween).append(recipients_text(envelope.recipients));
  GreylistKeys keys;
  keys.mail.push_back(key_of("m:", std::string(both).append(kBetween).append(network)));
  if (options.by_body) {
    const std::string_view body = mail.message.body().substr(0, kMostGreylistBody);
    keys.mail.push_back(key_of("b:", std::string(both).append(kBetween).append(body)));
  }
  const std::size_t at = sender.rfind('@');
  if (options.auto_allow > 0 && at != std::string::npos && at + 1 < sender.size())
    keys.network = key_of("n:", sender.substr(at + 1).append(kBetween).append(network));
  return keys;
}

GreylistAnswer judge_greylist(const GreylistKeys& keys, std::span<const std::optional<StoreEntry>> entries,
                              const GreylistOptions& options, sys_seconds now) {
  constexpr std::string_view kNames[] = {"meta", "body"};
  GreylistAnswer answer{false, "new record", now + options.delay, now};
  for (std::size_t i = 0; i < std::min(keys.mail.size(), entries.size()); ++i) {
    const auto first = seen_first(entries[i], now);
    if (!first || (answer.why != "new record" && answer.first <= *first)) continue;
    answer = {now - *first >= options.delay, "too early", *first + options.delay, *first};
    if (answer.passes) answer.why = kNames[i];
  }
  if (answer.passes || !keys.network || entries.size() <= keys.mail.size()) return answer;
  const auto& network = entries[keys.mail.size()];
  if (network && network->counts[0] >= options.auto_allow) answer = {true, "network", {}, {}};
  return answer;
}

void write_greylist(const GreylistKeys& keys, const GreylistAnswer& answer, const GreylistOptions& options,
                    sys_seconds now, Store& store) {
  if (answer.passes && keys.network) store.add({{*keys.network, {1, 0}, now + options.auto_expire}});
  if (answer.why == "network" || answer.why == "too early") return;
  for (const StoreKey& key : keys.mail)
    store.put(key, std::to_string(answer.first.time_since_epoch().count()), now + options.expire);
}

}  // namespace xspamd
