// One request and its reply over a connection. Blocks, at most until the time that is given.
#pragma once

#include <array>
#include <string_view>

#include "proto/base/result.h"
#include "server/client/connection.h"
#include "server/client/reply_reader.h"

namespace xspamd::client {

// Head and message, of each what is still to be sent.
using Pieces = std::array<std::string_view, 2>;

// Sends the request, ends sending and reads until the reader is done. Fails with Errc::limit when the
// time is over; whatever else goes wrong is an end of the connection to the reader. An answer may come before
// all has been sent: a server need not read what it refuses.
Result<void> exchange(Connection& connection, Pieces request, ReplyReader& reply, Clock::time_point until);

}  // namespace xspamd::client
