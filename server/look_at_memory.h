// What the server has learned, as commands look at it: read from its store, never changed.
#pragma once

#include <asio/io_context.hpp>
#include <string>

#include "conf/config.h"
#include "rules/learn/memory.h"

namespace xspamd {

struct LookedAt {
  Memory memory;
  std::string missing;  // why nothing is known: a sentence, empty where something is
};

// Blocks. Root reads as server.user.
LookedAt look_at_memory(const conf::Config& config, asio::io_context& loop);

}  // namespace xspamd
