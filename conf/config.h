// Config: the settings of one run, typed and checked. Plain data; the defaults here are the documented ones.
// What a check, rule, meta, map, profile or list is told stays a tree (`tree`): its reader is in rules/.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/layers.h"
#include "conf/signed_headers.h"
#include "conf/value.h"
#include "proto/base/ip.h"
#include "proto/base/limits.h"
#include "proto/base/points.h"
#include "proto/verdict.h"

namespace xspamd::conf {

struct Server {
  std::vector<std::string> listen{"127.0.0.1:11333", "[::1]:11333"};  // or "unix:/path"
  bool listen_is_default = true;  // a default address that the machine lacks is left out, others are not
  std::vector<Network> allow;     // default: loopback
  unsigned socket_mode = 0666;
  std::string socket_group;  // empty: unchanged
  std::string user = "xspamd";
  std::string group = "xspamd";
  unsigned threads = 0;  // 0: one for each core
  std::chrono::milliseconds grace{10'000};
  std::string pid_file;         // empty: none
  std::string tls_certificate;  // for listeners "tls:host:port"; PEM, with its chain
  std::string tls_key;          // empty: in the same file
  std::string hostname;         // by which others know this machine
  bool shutdown_workaround = true;
};

// A threshold that is off is empty.
struct Actions {
  std::optional<Points> greylist = Points{4000};
  std::optional<Points> add_header = Points{6000};
  std::optional<Points> rewrite_subject;
  std::optional<Points> soft_reject;
  std::optional<Points> reject = Points{15000};
  Action on_failure = Action::no_action;  // or soft_reject
  std::string subject = "*** SPAM *** %s";
  bool soft_reject_on_timeout = false;

  std::optional<Points> threshold(Action action) const;
};

struct Exim {
  Action required = Action::reject;  // which threshold stands second in Metric:
  std::map<Action, Action> map{{Action::rewrite_subject, Action::add_header},
                               {Action::discard, Action::reject},
                               {Action::quarantine, Action::add_header}};
};

struct Spamc {
  std::variant<Action, Points> required = Action::add_header;
  unsigned report_safe = 0;     // of mail that is given back: 0, 1 or 2 (proto/rewrite.h)
  std::string rewrite_subject;  // in front of the subject of spam; empty: nothing
};

struct Networks {
  std::vector<Network> local;   // default: loopback, RFC 1918, link-local, ULA
  std::vector<Network> relays;  // hops to skip
};

struct Dns {
  std::vector<std::string> servers;  // "127.0.0.1:5301"; empty: resolv.conf
  std::chrono::milliseconds timeout{1'000};
  unsigned retries = 1;
  std::chrono::milliseconds budget{4'000};  // of one scan
  std::size_t cache = 20'000;               // answers

  friend bool operator==(const Dns&, const Dns&) = default;
};

struct Log {
  std::string target = "stderr";  // or "syslog", "file:/path"
  std::string level = "info";     // error, warning, info, debug
  std::string format = "text";    // or "json", "spamd"
};

struct Learn {
  // Whose memory of taught mail is asked and taught.
  enum class Per { server, domain, user };

  std::vector<Network> allow;  // default: loopback
  bool allow_unix = true;
  Per per = Per::server;
  std::chrono::milliseconds token_expiry{400LL * 24 * 3'600'000};
  std::chrono::milliseconds fuzzy_expiry{90LL * 24 * 3'600'000};
  bool autolearn = false;
  Points autolearn_spam{12'000};
  Points autolearn_ham{0};
};

// Verdicts that are kept in the store, for `xspamd history`.
struct History {
  bool enabled = true;
  std::size_t entries = 1'000;
  std::chrono::milliseconds expiry{14LL * 24 * 3'600'000};
};

// One table [signing.NAME].
struct Signing {
  std::string key;  // a file, relative to the configuration
  std::string selector;
  std::vector<std::string> domains;
  std::vector<std::string> headers{std::begin(kSignedHeaders), std::end(kSignedHeaders)};
  std::chrono::milliseconds expires{0};  // 0: never
  bool arc = false;
  bool enabled = true;
};

struct Config {
  Server server;
  Limits limits;
  Actions actions;
  Exim exim;
  Spamc spamc;
  Networks networks;
  Dns dns;
  std::string store_url = "sqlite:/var/lib/xspamd/xspamd.db";
  Learn learn;
  History history;
  Log log;
  std::map<std::string, Signing> signing;  // by NAME

  std::string file;  // the main file that was read; empty if built-in defaults alone
  Value tree;        // the whole merged tree: scores, checks, rules, metas, maps, groups, profiles, lists
  Table retired;     // symbols that once existed: name = "what to use instead"
};

struct Loaded {
  Config config;  // defaults where a value was wrong
  Problems problems;
};
// Reads all layers, checks every value and fills Config. Never stops at the first problem; they come sorted
// by file and line. A start or reload must not go on when problems.failed().
Loaded load(const Sources& sources);

// What to use instead of a symbol that once existed; null for every other name. Valid while `config` is.
const std::string* retired(const Config& config, std::string_view symbol);

// Where the value of a dotted key ("server.listen") was written; "built-in" if it stands nowhere.
Origin place_of(const Config& config, std::string_view key);

}  // namespace xspamd::conf
