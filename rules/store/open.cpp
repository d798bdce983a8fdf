#include "rules/store/open.h"

#include <fmt/format.h>

#include "conf/redis_url.h"
#include "proto/base/text.h"
#include "rules/store/memory.h"
#include "rules/store/redis.h"
#include "rules/store/sqlite.h"

namespace xspamd {

OpenedStore open_store(const std::string& url, const asio::any_io_executor& loop) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) {
    SqliteStore::Settings settings;
    settings.path = url.substr(kSqlite.size());
    return {std::make_shared<SqliteStore>(loop, std::move(settings)), {}};
  }
  const std::string_view scheme = std::string_view(url).substr(0, url.find(':'));
  OpenedStore opened;
  if (conf::is_redis_scheme(scheme)) {
    auto parsed = conf::parse_redis_url(url);
    if (parsed) {
      RedisStore::Settings settings;
      settings.url = std::move(*parsed);
      return {std::make_shared<RedisStore>(loop, std::move(settings)), {}};
    }
    opened.warning = fmt::format("store.url: {}; the store is kept in memory and ends with the server",
                                 parsed.error().sentence);
  } else if (url != "memory:") {
    opened.warning =
        fmt::format("store.url: there are no {} stores; the store is kept in memory and ends with the server",
                    quoted(cut_utf8(scheme, 20)));
  }
  opened.store = std::make_shared<MemoryStore>();
  return opened;
}

}  // namespace xspamd
