// What the server has learned, as commands look at it: read from its store, never changed.
#pragma once

#include <asio/io_context.hpp>
#include <memory>
#include <string>

#include "conf/config.h"
#include "rules/learn/memory.h"

namespace xspamd {

// Root reads as server.user. Fails with a sentence where nothing is kept or it cannot be read. The loop must
// outlive the store.
Result<std::shared_ptr<Store>> look_at_store(const conf::Config& config, asio::io_context& loop);

struct LookedAt {
  Memory memory;
  std::string missing;  // why nothing is known: a sentence, empty where something is
};

// Blocks.
LookedAt look_at_memory(const conf::Config& config, asio::io_context& loop);

}  // namespace xspamd
