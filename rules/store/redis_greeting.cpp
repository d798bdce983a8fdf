#include "rules/store/redis_greeting.h"

#include "rules/store/redis_scripts.h"

namespace xspamd {

using Greetings = std::vector<RedisConnection::Greeting>;

Greetings redis_login(const conf::RedisUrl& url, bool may_fail) {
  if (url.password.empty()) return {};
  if (url.user.empty()) return {{resp_command({"AUTH", url.password}), may_fail}};
  return {{resp_command({"AUTH", url.user, url.password}), may_fail}};
}

Greetings redis_greetings(const conf::RedisUrl& url) {
  Greetings greetings = redis_login(url, false);
  if (url.database > 0) greetings.push_back({resp_command({"SELECT", std::to_string(url.database)}), false});
  for (std::string& load : redis_script_loads())
    greetings.push_back({std::move(load), false});
  if (url.kind == conf::RedisUrl::Kind::sentinel) greetings.push_back({resp_command({"ROLE"}), false});
  return greetings;
}

std::vector<std::string> redis_script_loads() {
  std::vector<std::string> loads;
  for (const RedisScript* script : redis_scripts())
    loads.push_back(resp_command({"SCRIPT", "LOAD", script->text}));
  return loads;
}

}  // namespace xspamd
