// Owner: whose memory of taught mail it is: "" is the server's own, which all share; else a user's address, a
// domain, or one of the names below, which no user can have. Owners share one table: the tokens of an owner
// are scoped, which makes them other tokens. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"
#include "proto/request.h"

namespace xspamd {

// What was imported from SpamAssassin, whose tokens are other ones than ours.
inline constexpr std::string_view kSpamAssassinOwner = "\x01spamassassin";
// The id of an entry beside the owners' totals: its value changes when another program wrote to the store.
inline constexpr std::string_view kGenerationId = "\x01generation";

// Whose memory concerns a message or a lesson: that of the user a client of SPAMC names, else of the
// recipient or recipients, if they have one owner. Lower case; "" where it is not one, or `per` is the
// server.
std::string owner_of(const Request& request, conf::Learn::Per per);

// Never 0, and of the same group (TokenGroup). The tokens of "" are what they are.
std::uint64_t scoped(std::uint64_t token, std::string_view owner);
std::vector<std::uint64_t> scoped(std::span<const std::uint64_t> tokens, std::string_view owner);

}  // namespace xspamd
