// What the supervisor hands to the server it starts: descriptors, told by the environment variable
// XSPAMD_INHERIT as "control=5;page=6;listen=7,127.0.0.1:11333;listen=8,unix:/run/x.sock".
// In addresses every byte other than letters, digits and . : / [ ] - _ is written %XX.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/result.h"
#include "server/sockets.h"

namespace xspamd {

inline constexpr const char* kInheritVariable = "XSPAMD_INHERIT";

// The descriptors are owned by whoever takes the value; -1 is none.
struct Inherited {
  std::vector<ListenSocket> sockets;
  int control = -1;  // the server's end of the control socket
  int page = -1;     // for InFlight::attach
};

std::string encode_inherited(const Inherited& inherited);
// The inverse; fails on text that encode_inherited cannot have written.
Result<Inherited> decode_inherited(std::string_view text);

// Nothing when the process was started by hand. Removes the variable, sets close-on-exec again, and fails
// when a descriptor is not what it is said to be. Call it once, at the start of main: it also gives the
// process its name back, which exec of /proc/self/exe has made "exe".
std::optional<Result<Inherited>> take_inherited();

}  // namespace xspamd
