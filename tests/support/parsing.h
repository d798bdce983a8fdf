// Messages of tests, read with the suffix list built into libpsl.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "proto/mail/message.h"

namespace xspamd::test {

inline const Suffixes& suffixes() {
  static const Suffixes list;
  return list;
}

inline std::unique_ptr<const Message> parsed(std::string bytes, const Limits& limits = {}) {
  return parse_message(std::move(bytes), limits, suffixes());
}

}  // namespace xspamd::test
