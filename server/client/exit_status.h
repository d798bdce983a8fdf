// The exit statuses of xspamc; those from 64 on are those of sysexits.h.
#pragma once

namespace xspamd::client {

inline constexpr int kFine = 0;
inline constexpr int kProblem = 1;  // some message was refused or failed
inline constexpr int kUsage = 64;
inline constexpr int kUnavailable = 69;  // no connection to the server
inline constexpr int kIoError = 74;      // some input could not be read

}  // namespace xspamd::client
