// Greylisting: mail that is put off once. Who sends it by a queue comes again and is let through; who came
// back often enough from one network for one domain is no longer put off. Kept under Space::greylist: when a
// mail was seen first, in seconds since 1970, by the client's network, sender and recipients ("m:") and, if
// wanted, by sender, recipients and body ("b:"), so that it may come from another network; and how often mail
// of a network and a sender's domain was let through ("n:"). Pure: the caller asks the store.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/check.h"
#include "rules/store/store.h"

namespace xspamd {

struct GreylistOptions {
  std::chrono::seconds delay{300};
  std::chrono::seconds expire{86'400};
  int ipv4_mask = 19;
  int ipv6_mask = 64;
  bool by_body = false;
  std::uint32_t auto_allow = 5;  // times; 0: nobody is let through at once
  std::chrono::seconds auto_expire{36 * 86'400};
};

struct GreylistKeys {
  std::vector<StoreKey> mail;       // "m:", and "b:" if wanted
  std::optional<StoreKey> network;  // "n:"; none for the null sender, who may be anybody

  std::vector<StoreKey> all() const;
};
// Of mail to more than kMostGreylistRecipients the first count, of a body its first kMostGreylistBody bytes.
inline constexpr std::size_t kMostGreylistRecipients = 100;
inline constexpr std::size_t kMostGreylistBody = 10 * 1024;
// `client`: the envelope's, which there must be.
GreylistKeys greylist_keys(const Mail& mail, const IpAddress& client, const GreylistOptions& options);

struct GreylistAnswer {
  bool passes = false;
  std::string_view why;              // "meta", "body", "network"; "new record", "too early"
  std::chrono::sys_seconds until{};  // of mail that does not pass
  std::chrono::sys_seconds first{};  // when it was seen first, where that is to be written
};
// `entries` are those of keys.all(), in their order. A time that is yet to come is none: clocks are set.
GreylistAnswer judge_greylist(const GreylistKeys& keys, std::span<const std::optional<StoreEntry>> entries,
                              const GreylistOptions& options, std::chrono::sys_seconds now);

// What is written of it: a mail that came too early keeps its time and its expiry.
void write_greylist(const GreylistKeys& keys, const GreylistAnswer& answer, const GreylistOptions& options,
                    std::chrono::sys_seconds now, Store& store);

}  // namespace xspamd
