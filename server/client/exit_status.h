// The exit statuses of xspamc; those from 64 to 78 are those of sysexits.h.
#pragma once

namespace xspamd::client {

inline constexpr int kFine = 0;
inline constexpr int kProblem = 1;  // some message was refused or failed; in place of spamc: it is spam
inline constexpr int kUsage = 64;
inline constexpr int kBadData = 65;      // input that is not what was announced
inline constexpr int kNoHost = 68;       // no address of the server is known
inline constexpr int kUnavailable = 69;  // no connection to the server
inline constexpr int kSoftware = 70;     // connecting failed in a way of its own; no file of a unix socket
inline constexpr int kSystem = 71;       // a command cannot be run
inline constexpr int kIoError = 74;      // some input could not be read, or the server fell silent
inline constexpr int kTryAgain = 75;
inline constexpr int kProtocol = 76;  // the server's answer cannot be understood
inline constexpr int kNoRights = 77;
inline constexpr int kBadConfig = 78;
inline constexpr int kTooLarge = 98;  // spamc's own 866, of which a parent sees eight bits

}  // namespace xspamd::client
