#include "rules/store/open.h"

#include <fmt/format.h>

#include "rules/store/memory.h"
#include "rules/store/sqlite.h"

namespace xspamd {

OpenedStore open_store(const std::string& url, const asio::any_io_executor& loop) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) {
    SqliteStore::Settings settings;
    settings.path = url.substr(kSqlite.size());
    return {std::make_shared<SqliteStore>(loop, std::move(settings)), {}};
  }
  OpenedStore opened{std::make_shared<MemoryStore>(), {}};
  if (url != "memory:")
    opened.warning = fmt::format(
        "store.url: {} stores are not available yet, the store is kept in memory and ends "
        "with the server; sqlite:/path keeps it",
        url.substr(0, url.find(':')));
  return opened;
}

}  // namespace xspamd
