// The store that store.url names.
#pragma once

#include <memory>
#include <string>

#include "rules/store/store.h"

namespace asio {
class any_io_executor;
}

namespace xspamd {

struct OpenedStore {
  std::shared_ptr<Store> store;  // there always is one
  std::string warning;  // why it is not the one that was named; fit for people, never with a password
};

// Returns at once: a file or a server is opened in the background, and what is wrong with it is told by
// Store::trouble().
OpenedStore open_store(const std::string& url, const asio::any_io_executor& loop);

}  // namespace xspamd
