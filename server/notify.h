// Notices to the service manager by the sd_notify protocol (sd_notify(3)): one datagram to the socket that
// NOTIFY_SOCKET names, "/path" or "@abstract". Any process and thread; never blocks.
#pragma once

#include <string_view>

namespace xspamd {

// Lines joined by "\n": "READY=1", "STOPPING=1", "STATUS=text", "MAINPID=1". False when nobody asked to be
// told, or it could not be sent; nothing depends on it.
bool notify_manager(std::string_view state);

}  // namespace xspamd
