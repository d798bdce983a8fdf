#include "conf/config.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/schema.h"
#include "proto/base/text.h"
#include "tests/unit/conf/loading.h"

using namespace xspamd;
using namespace xspamd::conf;

namespace {

std::string joined(const std::vector<Network>& networks) {
  std::vector<std::string> texts;
  for (const Network& network : networks)
    texts.push_back(network.to_string());
  return fmt::format("{}", fmt::join(texts, " "));
}

}  // namespace

TEST_CASE("config: the schema's defaults are those of the plain structs") {
  Loaded result = load(Sources{});
  CHECK(result.problems.list().empty());
  const Config& config = result.config;
  const Config plain;
  CHECK(config.server.listen == plain.server.listen);
  CHECK(config.server.listen_is_default);
  CHECK(config.server.socket_mode == plain.server.socket_mode);
  CHECK(config.server.user == plain.server.user);
  CHECK(config.server.threads == plain.server.threads);
  CHECK(config.server.grace == plain.server.grace);
  CHECK(config.server.shutdown_workaround);
  CHECK(config.limits.message == plain.limits.message);
  CHECK(config.limits.head == plain.limits.head);
  CHECK(config.limits.memory == plain.limits.memory);
  CHECK(config.limits.text == plain.limits.text);
  CHECK(config.limits.report == plain.limits.report);
  CHECK(config.limits.connections == plain.limits.connections);
  CHECK(config.limits.scans == plain.limits.scans);
  CHECK(config.limits.parts == plain.limits.parts);
  CHECK(config.limits.depth == plain.limits.depth);
  CHECK(config.limits.headers == plain.limits.headers);
  CHECK(config.limits.urls == plain.limits.urls);
  CHECK(config.limits.scan == plain.limits.scan);
  CHECK(config.limits.session == plain.limits.session);
  CHECK(config.limits.idle == plain.limits.idle);
  CHECK(config.limits.queue == plain.limits.queue);
  for (const Action action : {Action::greylist, Action::add_header, Action::rewrite_subject,
                              Action::soft_reject, Action::reject, Action::discard, Action::no_action})
    CHECK(config.actions.threshold(action) == plain.actions.threshold(action));
  CHECK(config.actions.on_failure == plain.actions.on_failure);
  CHECK(config.actions.subject == plain.actions.subject);
  CHECK(config.exim.required == plain.exim.required);
  CHECK(config.exim.map == plain.exim.map);
  CHECK(config.spamc.required == plain.spamc.required);
  CHECK(config.dns.servers.empty());
  CHECK(config.dns.timeout == plain.dns.timeout);
  CHECK(config.dns.retries == plain.dns.retries);
  CHECK(config.dns.budget == plain.dns.budget);
  CHECK(config.dns.cache == plain.dns.cache);
  CHECK(config.store_url == plain.store_url);
  CHECK(config.log.target == plain.log.target);
  CHECK(config.log.level == plain.log.level);
  CHECK(config.log.format == plain.log.format);
  CHECK(joined(config.server.allow) == "127.0.0.0/8 ::1");
  CHECK(joined(config.learn.allow) == "127.0.0.0/8 ::1");
  CHECK(config.learn.allow_unix);
  CHECK(joined(config.networks.local) ==
        "127.0.0.0/8 ::1 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 fe80::/10 fc00::/7");
}

TEST_CASE("config: what is set arrives, typed") {
  const Config config = loaded(R"(
[server]
listen = ["0.0.0.0:783", "unix:/run/x.sock"]
allow = ["10.0.0.0/8"]
socket_mode = "0660"
socket_group = "mail"
threads = 4
grace = "1min"
[limits]
message = 1000000
scan = "5s"
connections = 20
[actions]
greylist = false
add_header = 5
reject = 12.5
on_failure = "soft reject"
soft_reject_on_timeout = true
[exim]
required = "add header"
map = { greylist = "soft reject" }
[spamc]
required = 5.5
[learn]
allow = ["192.0.2.0/24"]
[dns]
servers = ["127.0.0.1:5301"]
[store]
url = "redis://u:p@localhost:6379/1"
[log]
target = "file:/var/log/x.log"
level = "debug"
format = "json"
)");
  CHECK(config.server.listen == std::vector<std::string>{"0.0.0.0:783", "unix:/run/x.sock"});
  CHECK_FALSE(config.server.listen_is_default);
  CHECK(joined(config.server.allow) == "10.0.0.0/8");
  CHECK(config.server.socket_mode == 0660);
  CHECK(config.server.socket_group == "mail");
  CHECK(config.server.threads == 4);
  CHECK(config.server.grace == std::chrono::minutes(1));
  CHECK(config.limits.message == 1'000'000);
  CHECK(config.limits.scan == std::chrono::seconds(5));
  CHECK(config.limits.connections == 20);
  CHECK_FALSE(config.actions.threshold(Action::greylist));
  CHECK(config.actions.threshold(Action::add_header) == Points{5000});
  CHECK(config.actions.threshold(Action::reject) == Points{12500});
  CHECK(config.actions.on_failure == Action::soft_reject);
  CHECK(config.actions.soft_reject_on_timeout);
  CHECK(config.exim.required == Action::add_header);
  CHECK(config.exim.map.size() == 4);
  CHECK(config.exim.map.at(Action::greylist) == Action::soft_reject);
  CHECK(std::get<Points>(config.spamc.required) == Points{5500});
  CHECK(joined(config.learn.allow) == "192.0.2.0/24");
  CHECK_FALSE(config.learn.allow_unix);
  CHECK(config.dns.servers == std::vector<std::string>{"127.0.0.1:5301"});
  CHECK(config.store_url == "redis://u:p@localhost:6379/1");
  CHECK(config.log.target == "file:/var/log/x.log");
  CHECK(config.log.level == "debug");
  CHECK(config.log.format == "json");
  CHECK(config.file.ends_with("/x.toml"));
  CHECK(place_of(config, "limits.scan").line == 11);
  CHECK(is_built_in(place_of(config, "dns.timeout")));
}

TEST_CASE("config: every documented shape of rules, metas, maps, groups, profiles and lists is accepted") {
  loaded(R"(
[rules.SUBJ_ALL_CAPS]
header = "Subject"
match  = '^[^a-z]{8,}$'
flags  = "imsx"
score  = 2.0
negate = true
all    = true
max_hits = 5
shadow = true
group  = "subject"
about  = "The subject is written in capitals"
hit    = "Subject: BUY THIS NOW"
miss   = ["Subject: Lunch at noon", "Subject: x\n\nbody"]
hit_envelope = { sender = "a@example.org", ip = "192.0.2.1", recipient = ["b@example.org"] }
[rules.__PART]
part = "subject+text"
match = 'x'
count = ">= 2"
[rules.BIG]
message = "size"
count = "> 100000"
[rules.R1]
received = "rdns"
absent = true
[rules.R2]
envelope = "sender.domain"
exists = true
[rules.R3]
header = "*"
match = "x"
[rules.R4]
attachment = "extension"
match = "exe"
[metas.FAKE_REPLY]
when  = "R1 & !R2"
score = 1.0
about = "A reply to nothing"
take  = ["R1"]
remove = ["R2"]
[maps.BLOCKED_SENDERS]
look_at = "envelope.sender.domain"
kind = "suffix"
file = "maps/blocked_senders"
score = 6.0
action = "reject"
message = "no"
[maps.ADDRESSES]
look_at = "received.ip"
kind = "cidr"
entries = ["192.0.2.0/24"]
[groups.subject]
max_score = 8.0
[profiles.support]
for = { recipient = ["support@example.org", "*.example.net"], ip = ["10.0.0.0/8"], user = ["*"], authenticated = true, sender = "x@example.org" }
priority = 10
actions = { reject = 25, add_header = false }
scores = { R1 = 0.5 }
disable = ["bayes"]
enable = ["R2"]
allow = true
[lists.zen]
zone = "{key}.zen.example.org"
key = "secret"
look_at = ["envelope.ip", "received.ip", "dkim.domain", "header.From:domain", "url.host", "email"]
hash = "sha1"
codes."127.0.0.2" = { symbol = "RBL_A", score = 4.0, about = "Listed" }
codes."127.0.0.4/30" = { symbol = "RBL_B", score = 2.0, about = "Listed" }
codes."&8" = { symbol = "RBL_C" }
refused = ["127.255.255.0/24"]
test = { listed = "127.0.0.2", clean = "127.0.0.1" }
enabled = true
[scores]
BAYES_SPAM = 5.1
[checks.greylist]
enabled = true
[checks.bayes]
enabled = true
anything = { of = ["the", "check"] }
)");
}

TEST_CASE("schema: every key is written once, and has a meaning") {
  for (const Key& key : schema_keys()) {
    INFO(key.path);
    CHECK_FALSE(key.about.empty());
    std::size_t same = 0;
    for (const Key& other : schema_keys())
      same += other.path == key.path ? 1 : 0;
    CHECK(same == 1);
  }
}

namespace {

// A pattern with names in the place of its stars.
std::string with_names(std::string_view pattern) {
  const bool symbol = !pattern.starts_with("profiles") && !pattern.starts_with("lists");
  std::vector<std::string> parts;
  for (const std::string_view part : split(pattern, '.')) {
    if (part != "*") {
      parts.emplace_back(part);
    } else {
      parts.emplace_back(parts.size() > 1 ? "\"127.0.0.2\"" : symbol ? "P" : "p");
    }
  }
  return fmt::format("{}", fmt::join(parts, "."));
}

}  // namespace

TEST_CASE("schema: defaults of tables that users name are of their type too") {
  for (const Key& key : schema_keys()) {
    if (key.preset.empty() || key.path.find("*.") == std::string_view::npos) continue;
    const std::string told = problems_with({fmt::format("{}={}", with_names(key.path), key.preset)});
    CHECK(told.find("expected") == std::string::npos);
    CHECK(told.find("unknown") == std::string::npos);
  }
}
