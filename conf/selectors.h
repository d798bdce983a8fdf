// Selectors: what a rule, map or list looks at. A rule has the noun as its key (`header = "From:addr"`),
// maps and lists write both with a dot ("header.From:addr"). Known names only; the error names the nearest.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"

namespace xspamd::conf {

inline constexpr std::string_view kEnvelopeNames[] = {"sender", "sender.domain", "recipient", "ip",
                                                      "helo",   "hostname",      "user",      "queue_id"};
inline constexpr std::string_view kReceivedNames[] = {"ip", "helo", "rdns", "by", "with"};
inline constexpr std::string_view kPartNames[] = {"text", "hidden", "html", "raw", "subject+text"};
inline constexpr std::string_view kUrlNames[] = {"host", "domain", "path", "full", "text"};
inline constexpr std::string_view kAttachmentNames[] = {"name", "type", "extension", "digest"};
inline constexpr std::string_view kMessageNames[] = {"raw", "size"};

// "header", "envelope", "received", "part", "url", "attachment", "message".
std::span<const std::string_view> selector_nouns();
// The names after the noun; empty for "header", whose names are free.
std::span<const std::string_view> selector_names(std::string_view noun);

Result<void> check_header_selector(std::string_view text);  // "Subject", "From:addr", "*"
Result<void> check_selector(std::string_view text);         // "url.host"
Result<void> check_list_selector(std::string_view text);    // also "dkim.domain", "email", "email.domain"

// ", did you mean \"x\"?" or nothing.
std::string did_you_mean(std::string_view word, std::vector<std::string_view> candidates);

}  // namespace xspamd::conf
