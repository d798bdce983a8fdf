// What is said first on every connection: who we are, which database, which scripts.
#pragma once

#include "rules/store/redis_connection.h"

namespace xspamd {

// AUTH, where there is a password; a sentinel may have none.
std::vector<RedisConnection::Greeting> redis_login(const conf::RedisUrl& url, bool may_fail);
// The same with SELECT and the scripts; behind sentinels ROLE, whose answer is the last.
std::vector<RedisConnection::Greeting> redis_greetings(const conf::RedisUrl& url);
// SCRIPT LOAD of every script.
std::vector<std::string> redis_script_loads();

}  // namespace xspamd
