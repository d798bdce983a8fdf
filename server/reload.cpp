#include "server/reload.h"

namespace xspamd {

std::vector<std::string_view> keys_that_need_a_restart(const conf::Config& now, const conf::Config& next) {
  struct Row {
    std::string_view key;
    bool differs;
  };
  const Row rows[] = {
      {"server.listen", now.server.listen != next.server.listen},
      {"server.socket_mode", now.server.socket_mode != next.server.socket_mode},
      {"server.socket_group", now.server.socket_group != next.server.socket_group},
      {"server.user", now.server.user != next.server.user},
      {"server.group", now.server.group != next.server.group},
      {"server.grace", now.server.grace != next.server.grace},
      {"server.threads", now.server.threads != next.server.threads},
      {"server.pid_file", now.server.pid_file != next.server.pid_file},
      {"store.url", now.store_url != next.store_url},
  };
  std::vector<std::string_view> keys;
  for (const Row& row : rows) {
    if (row.differs) keys.push_back(row.key);
  }
  return keys;
}

}  // namespace xspamd
