#include "conf/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>
#include <tuple>

#include "conf/cross_checks.h"
#include "conf/section.h"
#include "conf/units.h"
#include "conf/validate.h"

namespace xspamd::conf {
namespace {

// Readers of one key of the validated tree. What does not fit has been told already, and leaves the default.

const std::string* text_at(const Value& tree, std::string_view key) {
  const Value* value = find(tree, key);
  return value ? value->string() : nullptr;
}

void read(const Value& tree, std::string_view key, bool& out) {
  const Value* value = find(tree, key);
  if (const bool* flag = value ? std::get_if<bool>(&value->data) : nullptr) out = *flag;
}

void read(const Value& tree, std::string_view key, std::string& out) {
  if (const std::string* text = text_at(tree, key)) out = *text;
}

void read(const Value& tree, std::string_view key, std::chrono::milliseconds& out) {
  const std::string* text = text_at(tree, key);
  const auto duration = text ? parse_duration(*text) : fail(Errc::invalid, "");
  if (duration) out = *duration;
}

// Sizes and counts alike: a count is never a string, which the schema has seen to.
void read(const Value& tree, std::string_view key, std::size_t& out) {
  const Value* value = find(tree, key);
  if (!value) return;
  if (const auto* number = std::get_if<std::int64_t>(&value->data); number && *number >= 0) {
    out = static_cast<std::size_t>(*number);
  } else if (const std::string* text = value->string()) {
    out = parse_size(*text).value_or(out);
  }
}

void read(const Value& tree, std::string_view key, unsigned& out) {
  std::size_t number = out;
  read(tree, key, number);
  out = static_cast<unsigned>(std::min<std::size_t>(number, std::numeric_limits<unsigned>::max()));
}

void read(const Value& tree, std::string_view key, Action& out) {
  const std::string* text = text_at(tree, key);
  if (text) out = action_from(*text).value_or(out);
}

std::optional<Points> points_at(const Value* value) {
  if (!value) return std::nullopt;
  const auto* whole = std::get_if<std::int64_t>(&value->data);
  const auto* number = std::get_if<double>(&value->data);
  if (!whole && !number) return std::nullopt;
  const auto points = points_from(whole ? static_cast<double>(*whole) : *number);
  return points ? std::optional<Points>(*points) : std::nullopt;
}

void read(const Value& tree, std::string_view key, std::optional<Points>& out) {
  const Value* value = find(tree, key);
  if (const auto points = points_at(value)) out = points;
  if (const bool* on = value ? std::get_if<bool>(&value->data) : nullptr; on && !*on) out.reset();
}

void read(const Value& tree, std::string_view key, Points& out) {
  out = points_at(find(tree, key)).value_or(out);
}

void read(const Value& tree, std::string_view key, std::vector<std::string>& out) {
  const Value* value = find(tree, key);
  const Array* array = value ? value->array() : nullptr;
  if (!array) return;
  out.clear();
  for (const Value& element : *array) {
    if (const std::string* text = element.string()) out.push_back(*text);
  }
}

void read(const Value& tree, std::string_view key, std::vector<Network>& out) {
  std::vector<std::string> texts;
  read(tree, key, texts);
  out.clear();
  for (const std::string& text : texts) {
    if (const auto network = Network::parse(text)) out.push_back(*network);
  }
}

// What the machine calls itself; that may be a short name.
std::string own_host_name() {
  std::array<char, 256> name{};  // HOST_NAME_MAX of POSIX and its end
  const bool known = ::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return known ? std::string(name.data()) : "localhost";
}

void fill_server(const Value& tree, Server& server) {
  read(tree, "server.listen", server.listen);
  read(tree, "server.tls_certificate", server.tls_certificate);
  read(tree, "server.tls_key", server.tls_key);
  const Value* listen = find(tree, "server.listen");
  server.listen_is_default = !listen || is_built_in(listen->origin);
  read(tree, "server.allow", server.allow);
  if (const std::string* mode = text_at(tree, "server.socket_mode")) {
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(mode->data(), mode->data() + mode->size(), bits, 8);
    if (error == std::errc{} && end == mode->data() + mode->size() && bits <= 0777) server.socket_mode = bits;
  }
  read(tree, "server.socket_group", server.socket_group);
  read(tree, "server.user", server.user);
  read(tree, "server.group", server.group);
  read(tree, "server.threads", server.threads);
  read(tree, "server.grace", server.grace);
  read(tree, "server.pid_file", server.pid_file);
  read(tree, "server.hostname", server.hostname);
  if (server.hostname.empty()) server.hostname = own_host_name();
  read(tree, "server.shutdown_workaround", server.shutdown_workaround);
}

void fill_limits(const Value& tree, Limits& limits) {
  struct Count {
    std::string_view key;
    std::size_t Limits::*member;
  };
  struct Time {
    std::string_view key;
    std::chrono::milliseconds Limits::*member;
  };
  static constexpr Count kCounts[] = {
      {"limits.message", &Limits::message}, {"limits.head", &Limits::head},
      {"limits.memory", &Limits::memory},   {"limits.text", &Limits::text},
      {"limits.report", &Limits::report},   {"limits.connections", &Limits::connections},
      {"limits.scans", &Limits::scans},     {"limits.parts", &Limits::parts},
      {"limits.depth", &Limits::depth},     {"limits.headers", &Limits::headers},
      {"limits.urls", &Limits::urls},       {"limits.html_depth", &Limits::html_depth},
      {"limits.archive", &Limits::archive}, {"limits.archive_files", &Limits::archive_files}};
  static constexpr Time kTimes[] = {{"limits.scan", &Limits::scan},
                                    {"limits.session", &Limits::session},
                                    {"limits.idle", &Limits::idle},
                                    {"limits.queue", &Limits::queue}};
  for (const Count& row : kCounts)
    read(tree, row.key, limits.*row.member);
  for (const Time& row : kTimes)
    read(tree, row.key, limits.*row.member);
}

void fill_actions(const Value& tree, Actions& actions) {
  read(tree, "actions.greylist", actions.greylist);
  read(tree, "actions.add_header", actions.add_header);
  read(tree, "actions.rewrite_subject", actions.rewrite_subject);
  read(tree, "actions.soft_reject", actions.soft_reject);
  read(tree, "actions.reject", actions.reject);
  read(tree, "actions.on_failure", actions.on_failure);
  read(tree, "actions.subject", actions.subject);
  read(tree, "actions.soft_reject_on_timeout", actions.soft_reject_on_timeout);
}

void fill_replies(const Value& tree, Config& config) {
  read(tree, "exim.required", config.exim.required);
  const Value* map = find(tree, "exim.map");
  if (const Table* table = map ? map->table() : nullptr) {
    config.exim.map.clear();
    for (const auto& [from, to] : *table) {
      const auto key = action_from(from);
      const auto action = to.string() ? action_from(*to.string()) : std::nullopt;
      if (key && action) config.exim.map[*key] = *action;
    }
  }
  if (const auto points = points_at(find(tree, "spamc.required"))) {
    config.spamc.required = *points;
  } else if (const std::string* text = text_at(tree, "spamc.required")) {
    if (const auto action = action_from(*text)) config.spamc.required = *action;
  }
  read(tree, "spamc.report_safe", config.spamc.report_safe);
  read(tree, "spamc.rewrite_subject", config.spamc.rewrite_subject);
}

void fill_world(const Value& tree, Config& config) {
  read(tree, "networks.local", config.networks.local);
  read(tree, "networks.relays", config.networks.relays);
  read(tree, "dns.servers", config.dns.servers);
  read(tree, "dns.timeout", config.dns.timeout);
  read(tree, "dns.retries", config.dns.retries);
  read(tree, "dns.budget", config.dns.budget);
  read(tree, "dns.cache", config.dns.cache);
  read(tree, "store.url", config.store_url);
  read(tree, "learn.allow", config.learn.allow);  // "unix" is no network and left out
  std::vector<std::string> allowed;
  read(tree, "learn.allow", allowed);
  config.learn.allow_unix = std::find(allowed.begin(), allowed.end(), "unix") != allowed.end();
  if (const std::string* per = text_at(tree, "learn.per")) {
    using Per = Learn::Per;
    config.learn.per = *per == "user" ? Per::user : *per == "domain" ? Per::domain : Per::server;
  }
  read(tree, "learn.token_expiry", config.learn.token_expiry);
  read(tree, "learn.fuzzy_expiry", config.learn.fuzzy_expiry);
  read(tree, "learn.autolearn", config.learn.autolearn);
  read(tree, "learn.autolearn_spam", config.learn.autolearn_spam);
  read(tree, "learn.autolearn_ham", config.learn.autolearn_ham);
  read(tree, "history.enabled", config.history.enabled);
  read(tree, "history.entries", config.history.entries);
  read(tree, "history.expiry", config.history.expiry);
  read(tree, "log.target", config.log.target);
  read(tree, "log.level", config.log.level);
  read(tree, "log.format", config.log.format);
}

void fill_signing(const Value& tree, std::map<std::string, Signing>& signing) {
  const Value* tables = find(tree, "signing");
  if (!tables || !tables->table()) return;
  for (const auto& [name, table] : *tables->table()) {
    Signing& section = signing[name];
    read(table, "key", section.key);
    read(table, "selector", section.selector);
    read(table, "domains", section.domains);
    read(table, "headers", section.headers);
    read(table, "expires", section.expires);
    read(table, "arc", section.arc);
    read(table, "enabled", section.enabled);
  }
}

Problems sorted(const Problems& problems) {
  std::vector<Problem> list = problems.list();
  std::stable_sort(list.begin(), list.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.origin.file, a.origin.line, a.origin.column) <
           std::tie(b.origin.file, b.origin.line, b.origin.column);
  });
  Problems in_order;
  for (const Problem& problem : list) {
    if (problem.warning) {
      in_order.warn(problem.origin, problem.sentence);
    } else {
      in_order.error(problem.origin, problem.sentence);
    }
  }
  return in_order;
}

}  // namespace

std::optional<Points> Actions::threshold(Action action) const {
  switch (action) {
    case Action::greylist:
      return greylist;
    case Action::add_header:
      return add_header;
    case Action::rewrite_subject:
      return rewrite_subject;
    case Action::soft_reject:
      return soft_reject;
    case Action::reject:
      return reject;
    case Action::no_action:
    case Action::discard:
    case Action::quarantine:
      break;
  }
  return std::nullopt;
}

Loaded load(const Sources& sources) {
  Problems problems;
  Config config;
  config.tree = load_tree(sources, problems);
  config.retired = load_retired(sources, problems);
  validate(config.tree, problems);
  fill_server(config.tree, config.server);
  fill_limits(config.tree, config.limits);
  fill_actions(config.tree, config.actions);
  fill_replies(config.tree, config);
  fill_world(config.tree, config);
  fill_signing(config.tree, config.signing);
  cross_check(config, problems);
  std::error_code error;
  if (!sources.file.empty() && std::filesystem::exists(sources.file, error)) config.file = sources.file;
  return {std::move(config), sorted(problems)};
}

const std::string* retired(const Config& config, std::string_view symbol) {
  const auto found = config.retired.find(symbol);
  return found == config.retired.end() ? nullptr : found->second.string();
}

Origin place_of(const Config& config, std::string_view key) {
  const Value* value = find(config.tree, key);
  return value ? value->origin : Origin{};
}

}  // namespace xspamd::conf
