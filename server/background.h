// Serving in the background, as `spamd -d` does: a new session, folder "/", standard input and output closed.
// The first process waits until the server is ready or has failed, passes on what was said meanwhile on
// standard error, and ends with 0 or the status of the failure. What is said there later is read by nobody.
#pragma once

#include <functional>

namespace xspamd {

// Must be called before there are threads. `serve` tells its readiness through NOTIFY_SOCKET (notify.h).
int in_background(const std::function<int()>& serve);

}  // namespace xspamd
