#include "server/look_at_memory.h"

#include <fmt/format.h>

#include <filesystem>

#include "rules/store/open.h"
#include "rules/store/read_only.h"
#include "server/privileges.h"
#include "server/run_alone.h"

namespace xspamd {

namespace {

constexpr std::string_view kSqlite = "sqlite:";

Result<std::shared_ptr<Store>> look_at_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return fail(Errc::not_found, error ? fmt::format("{}: {}", path, error.message())
                                       : fmt::format("there is no {} yet", path));
  }
  auto reader = open_read_only(path);
  if (!reader) return tl::unexpected<Error>(reader.error());
  return std::make_shared<ReadOnlyFile>(std::move(*reader));
}

}  // namespace

Result<std::shared_ptr<Store>> look_at_store(const conf::Config& config, asio::io_context& loop) {
  const std::string& url = config.store_url;
  if (url == "memory:")
    return fail(Errc::unavailable, "store.url: what a memory: store holds is the server's alone");
  const ActingServer acting(config.server);
  if (url.starts_with(kSqlite)) return look_at_file(url.substr(kSqlite.size()));
  OpenedStore opened = open_store(url, loop.get_executor());
  if (!opened.warning.empty()) return fail(Errc::unavailable, opened.warning);
  return std::make_shared<ReadOnlyView>(std::move(opened.store));
}

LookedAt look_at_memory(const conf::Config& config, asio::io_context& loop) {
  auto store = look_at_store(config, loop);
  if (!store) return {{}, store.error().sentence};
  const ActingServer acting(config.server);
  LookedAt looked{{std::move(*store), std::make_shared<BayesMemory>()}, {}};
  run_alone(loop, looked.memory.bayes->load(*looked.memory.store));
  if (!looked.memory.bayes->ready()) return {{}, looked.memory.bayes->why_not()};
  return looked;
}

}  // namespace xspamd
