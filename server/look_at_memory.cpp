#include "server/look_at_memory.h"

#include <fmt/format.h>

#include <filesystem>

#include "rules/store/read_only.h"
#include "server/privileges.h"
#include "server/run_alone.h"

namespace xspamd {

LookedAt look_at_memory(const conf::Config& config, asio::io_context& loop) {
  constexpr std::string_view kSqlite = "sqlite:";
  const std::string& url = config.store_url;
  if (!url.starts_with(kSqlite))
    return {{}, fmt::format("a {} store is not read by commands", url.substr(0, url.find(':')))};
  const std::string path = url.substr(kSqlite.size());
  const ActingServer acting(config.server);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return {{},
            error ? fmt::format("{}: {}", path, error.message()) : fmt::format("there is no {} yet", path)};
  }
  auto reader = open_read_only(path);
  if (!reader) return {{}, reader.error().sentence};
  LookedAt looked;
  looked.memory.store = std::make_shared<ReadOnlyStore>(std::move(*reader));
  looked.memory.bayes = std::make_shared<BayesMemory>();
  run_alone(loop, looked.memory.bayes->load(*looked.memory.store));
  if (!looked.memory.bayes->ready()) return {{}, looked.memory.bayes->why_not()};
  return looked;
}

}  // namespace xspamd
