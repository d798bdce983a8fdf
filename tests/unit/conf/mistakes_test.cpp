#include <catch2/catch.hpp>

#include "tests/unit/conf/loading.h"

using namespace xspamd::conf;

namespace {

struct Row {
  std::string_view text;
  std::string_view told;
};

// What a postmaster may write wrongly, and every word of what is told.
constexpr Row kRows[] = {
    {R"(dns.timout = "3s")", R"(x.toml:1:5: unknown key "timout" in [dns], did you mean "timeout"?)"},
    {R"([dns]
timout = "1s")",
     R"(x.toml:2:1: unknown key "timout" in [dns], did you mean "timeout"?)"},
    {R"([dsn]
timeout = "1s")",
     R"(x.toml:1:2: unknown section [dsn], did you mean [dns]?)"},
    {R"(listen = ["127.0.0.1:1"])",
     R"(x.toml:1:1: unknown key "listen" at the top level, did you mean "listen" in [server]?)"},
    {R"([network]
local = [])",
     R"(x.toml:1:2: unknown section [network], did you mean [networks]?)"},
    {R"([dns]
threads = 2)",
     R"(x.toml:2:1: unknown key "threads" in [dns], did you mean "threads" in [server]?)"},
    {R"(frobnicate = 1)", R"(x.toml:1:1: unknown key "frobnicate" at the top level)"},
    {R"(dns = 5)", R"(x.toml:1:1: dns: expected a table, found 5 (an integer))"},
    {R"([server]
listen = "127.0.0.1:11333")",
     R"(x.toml:2:1: server.listen: expected an array, found "127.0.0.1:11333" (a string), write ["127.0.0.1:11333"])"},
    {R"([server]
listen = ["127.0.0.1:1", "::1:25"])",
     R"(x.toml:2:26: server.listen: expected an address such as "127.0.0.1:11333", "[::1]:11333" or "unix:/path": "::1:25": an IPv6 address with a port, and nothing else, stands in brackets, such as "[::1]:11333")"},
    {R"([server]
allow = ["10.0.0.1/8", 5])",
     R"(x.toml:2:10: server.allow: expected a network such as "10.0.0.0/8" or "::1": "10.0.0.1/8" has bits set after its prefix: did you mean "10.0.0.0/8"?
x.toml:2:24: server.allow: expected a network such as "10.0.0.0/8" or "::1", found 5 (an integer))"},
    {R"([server]
threads = -1)",
     R"(x.toml:2:1: server.threads: expected an integer from 0 to 1024, found -1 (an integer))"},
    {R"([server]
threads = "4")",
     R"(x.toml:2:1: server.threads: expected an integer from 0 to 1024, found "4" (a string))"},
    {R"([server]
socket_mode = "0999")",
     R"(x.toml:2:1: server.socket_mode: expected an octal mode such as "0660", found "0999" (a string))"},
    {R"([server]
socket_mode = 660)",
     R"(x.toml:2:1: server.socket_mode: expected an octal mode such as "0660", found 660 (an integer))"},
    {R"([server]
pid_file = "run/x.pid")",
     R"(x.toml:2:1: server.pid_file: expected an absolute path or "", found "run/x.pid" (a string): a relative path would depend on where xspamd starts)"},
    {R"([server]
user = "")",
     R"(x.toml:2:1: server.user: expected a string that is not empty, found "" (a string))"},
    {R"([server]
shutdown_workaround = false)",
     R"(x.toml:2:1: warning: server.shutdown_workaround = false has no effect: a client that closes its sending half always gets its answer)"},
    {R"([limits]
scan = 8)",
     R"(x.toml:2:1: limits.scan: expected a duration such as "500ms" or "8s", found 8 (an integer), did you mean "8s"?)"},
    {R"([limits]
idle = "10 m")",
     R"(x.toml:2:1: limits.idle: expected a duration such as "500ms" or "8s": "10 m" is no duration, did you mean "10min"?)"},
    {R"([limits]
message = "50MB")",
     R"(x.toml:2:1: limits.message: expected a size such as "16KiB" or "50MiB": "50MB" is no size, did you mean "50MiB"?)"},
    {R"([limits]
report = "64KiB")",
     R"(x.toml:2:1: limits.report: expected a size such as "16KiB" or "50MiB", found "64KiB" (a string): it must lie between 512 and 32000)"},
    {R"([limits]
queue = "95s")",
     R"(x.toml:2:1: limits.queue (95s) and limits.scan (8s) together must stay below limits.session (100s))"},
    {R"([server]
grace = "5s")",
     R"(x.toml:2:1: warning: server.grace (5s) is shorter than limits.scan (8s): a scan that runs at a stop may stay without an answer)"},
    {R"([limits]
session = "3min")",
     R"(x.toml:2:1: warning: limits.session (3min): Exim gives up after 120s)"},
    {R"([limits]
parts = 10.5)",
     R"(x.toml:2:1: limits.parts: expected an integer from 1 to 1000000, found 10.5 (a number))"},
    {R"([limits]
memory = "1MiB")",
     R"(x.toml:2:1: warning: limits.message (50MiB) is above limits.memory (1MiB): such a message never finds room)"},
    {R"([actions]
"add header" = 5)",
     R"(x.toml:2:1: unknown key "add header" in [actions], did you mean "add_header"?)"},
    {R"([actions]
reject = 15.25)",
     R"(x.toml:2:1: actions.reject: expected a number from -9999.9 to 9999.9 with one decimal, or false, found 15.25 (a number): a threshold has one decimal)"},
    {R"([actions]
soft_reject = true)",
     R"(x.toml:2:1: actions.soft_reject: expected a number from -9999.9 to 9999.9 with one decimal, or false, found true (a boolean))"},
    {R"([actions]
reject = 100000)",
     R"(x.toml:2:1: actions.reject: expected a number from -9999.9 to 9999.9 with one decimal, or false, found 100000 (an integer): 100000 lies outside -9999.9 to 9999.9)"},
    {R"([actions]
reject = nan)",
     R"(x.toml:2:1: actions.reject: expected a number from -9999.9 to 9999.9 with one decimal, or false, found nan (a number): a score must be a finite number)"},
    {R"([actions]
greylist = 16)",
     R"(x.toml:2:1: warning: actions.greylist (16.0) is not below actions.add_header (6.0): "greylist" is never chosen)"},
    {R"([actions]
on_failure = "soft_reject")",
     R"(x.toml:2:1: actions.on_failure: expected one of "no action", "soft reject", found "soft_reject" (a string), did you mean "soft reject"?)"},
    {R"([actions]
subject = "a\nb")",
     R"(x.toml:2:1: actions.subject: expected a string on one line, found "a\nb" (a string): it has control characters or is no UTF-8)"},
    {R"([exim]
required = "discard")",
     R"(x.toml:2:1: exim.required: expected one of "greylist", "add header", "rewrite subject", "soft reject", "reject", found "discard" (a string))"},
    {R"([exim]
map = { rewrite_subject = "add header" })",
     R"(x.toml:2:9: exim.map.rewrite_subject: there is no such action, did you mean "rewrite subject"?)"},
    {R"([exim]
map = { discard = "rejct" })",
     R"(x.toml:2:9: exim.map.discard: expected one of "no action", "greylist", "add header", "rewrite subject", "soft reject", "reject", "discard", "quarantine", found "rejct" (a string), did you mean "reject"?)"},
    {R"([spamc]
required = "add_header")",
     R"(x.toml:2:1: spamc.required: expected a number or one of "greylist", "add header", "rewrite subject", "soft reject", "reject", found "add_header" (a string), did you mean "add header"?)"},
    {R"([log]
level = "inf")",
     R"(x.toml:2:1: log.level: expected one of "error", "warning", "info", "debug", found "inf" (a string), did you mean "info"?)"},
    {R"([log]
target = "file:x.log")",
     R"(x.toml:2:1: log.target: expected "stderr", "syslog" or "file:/path", found "file:x.log" (a string))"},
    {R"([log]
target = "syslogd")",
     R"(x.toml:2:1: log.target: expected "stderr", "syslog" or "file:/path", found "syslogd" (a string), did you mean "syslog"?)"},
    {R"([log]
format = 2024-01-01)",
     R"(x.toml:2:1: log.format: dates and times are not known here: write a string in quotes)"},
    {R"([dns]
servers = ["dns.example.org"])",
     R"(x.toml:2:12: dns.servers: expected a DNS server such as "127.0.0.1:5301": "dns.example.org" is no DNS server such as "127.0.0.1" or "[::1]:5301")"},
    {R"([dns]
timeout = "5s")",
     R"(x.toml:2:1: warning: dns.timeout (5s) is above dns.budget (4s) and never reached)"},
    {R"([store]
url = "redi://user:secret@h")",
     R"(x.toml:2:1: store.url: expected a store such as "sqlite:/path", "memory:" or "redis://host:port/db": unknown scheme "redi", did you mean "redis"?)"},
    {R"([store]
url = "sqlite:x.db")",
     R"(x.toml:2:1: store.url: expected a store such as "sqlite:/path", "memory:" or "redis://host:port/db": sqlite: needs an absolute path)"},
    {R"([learn]
allow = ["unxi"])",
     R"(x.toml:2:10: learn.allow: expected a network such as "10.0.0.0/8", or "unix": "unxi" is no IP address or network)"},
    {R"([checks.dkmi]
enabled = true)",
     R"(x.toml:1:9: checks.dkmi: there is no such check, did you mean "dkim"?)"},
    {R"([checks]
spf = false)",
     R"(x.toml:2:1: checks.spf: expected a table, found false (a boolean))"},
    {R"([checks.bayes]
enabled = "yes")",
     R"(x.toml:2:1: checks.bayes.enabled: expected true or false, found "yes" (a string))"},
    {R"([checks.dkim]
min_key_bits = 1)",
     R"(x.toml:2:1: checks.dkim.min_key_bits: expected an integer from 512 to 16384, found 1 (an integer))"},
    {R"([scores]
bayes_spam = 1)",
     R"(x.toml:2:1: scores.bayes_spam: a symbol has capitals, digits and "_" only and begins with no digit, did you mean "BAYES_SPAM"?)"},
    {R"([scores]
BAYES_SPAM = "1")",
     R"(x.toml:2:1: scores.BAYES_SPAM: expected a number from -9999.9 to 9999.9, found "1" (a string))"},
    {R"([scores]
BAYES_SPAM = 1.0001)",
     R"(x.toml:2:1: scores.BAYES_SPAM: expected a number from -9999.9 to 9999.9, found 1.0001 (a number): 1.0001 has more than three decimals)"},
    {R"([rules.subj-caps]
header = "Subject"
match = "x")",
     R"(x.toml:1:8: rules.subj-caps: a symbol has capitals, digits and "_" only and begins with no digit, did you mean "SUBJ_CAPS"?)"},
    {R"([rules.A]
heder = "Subject")",
     R"(x.toml:1:8: rules.A: it names nothing to look at (header, envelope, received, part, url, attachment or message)
x.toml:2:1: unknown key "heder" in [rules.A], did you mean "header"?)"},
    {R"([rules.A]
header = "Subject")",
     R"(x.toml:1:8: rules.A: it needs one of match, absent, exists or count)"},
    {R"([rules.A]
header = "From:adr"
exists = true)",
     R"(x.toml:2:1: rules.A.header: expected a header such as "Subject", "From:addr" or "*": "From:adr": after the colon stands one of raw, addr, domain, name, not "adr", did you mean "addr"?)"},
    {R"([rules.A]
header = "From To"
exists = true)",
     R"(x.toml:2:1: rules.A.header: expected a header such as "Subject", "From:addr" or "*": "From To" is no header name)"},
    {R"([rules.A]
envelope = "sendr"
match = "x")",
     R"(x.toml:2:1: rules.A.envelope: expected one of "sender", "sender.domain", "recipient", "ip", "helo", "hostname", "user", "queue_id", found "sendr" (a string), did you mean "sender"?)"},
    {R"([rules.A]
header = "Subject"
part = "text"
match = "x")",
     R"(x.toml:3:1: rules.A: it looks at header and part: one is allowed)"},
    {R"([rules.A]
header = "Subject"
match = "x"
absent = true)",
     R"(x.toml:4:1: rules.A: match and absent exclude each other)"},
    {R"([rules.A]
header = "Subject"
match = "x"
flags = "ig")",
     R"(x.toml:4:1: rules.A.flags: expected any of "i", "m", "s", "x", found "ig" (a string))"},
    {R"([rules.A]
header = "Subject"
exists = true
negate = true)",
     R"(x.toml:4:1: rules.A: negate needs match)"},
    {R"([rules.A]
url = "host"
count = "many")",
     R"(x.toml:3:1: rules.A.count: expected a comparison such as ">= 2", found "many" (a string))"},
    {R"([rules.A]
message = "size"
match = "x")",
     R"(x.toml:2:1: rules.A: message = "size" needs count, such as count = "> 1000")"},
    {R"([rules.SUBJ_CAPS]
header = "Subject"
match = "x"
[rules.SUBJ_CASP]
score = 3)",
     R"(x.toml:4:8: rules.SUBJ_CASP: it names nothing to look at (header, envelope, received, part, url, attachment or message), did you mean "SUBJ_CAPS"?)"},
    {R"([metas.A]
score = 1)",
     R"(x.toml:1:8: metas.A: it has no when)"},
    {R"([metas.A]
when = "B"
take = ["b"])",
     R"(x.toml:3:9: metas.A.take: expected a symbol of capitals, digits and "_", found "b" (a string))"},
    {R"([maps.A]
look_at = "envelop.sender"
kind = "exact"
entries = [])",
     R"(x.toml:2:1: maps.A.look_at: expected what to look at, such as "envelope.sender.domain": "envelop.sender" is nothing to look at, did you mean "envelope.sender"?)"},
    {R"([maps.A]
look_at = "url.host"
kind = "sufix"
entries = [])",
     R"(x.toml:3:1: maps.A.kind: expected one of "exact", "suffix", "cidr", "glob", "regex", found "sufix" (a string), did you mean "suffix"?)"},
    {R"([maps.A]
look_at = "url.host"
kind = "cidr"
entries = [])",
     R"(x.toml:3:1: maps.A: kind = "cidr" compares addresses, and "url.host" has none)"},
    {R"([maps.A]
look_at = "url.host"
kind = "exact")",
     R"(x.toml:1:7: maps.A: it needs either file or entries)"},
    {R"([maps.A]
look_at = "url.host"
kind = "exact"
entries = []
action = "add_header")",
     R"(x.toml:5:1: maps.A.action: expected one of "no action", "greylist", "add header", "rewrite subject", "soft reject", "reject", "discard", "quarantine", found "add_header" (a string), did you mean "add header"?)"},
    {R"([groups.subject]
max = 3)",
     R"(x.toml:2:1: unknown key "max" in [groups.subject])"},
    {R"([profiles.p]
for = { recipent = "a@example.org" })",
     R"(x.toml:2:9: unknown key "recipent" in [profiles.p.for], did you mean "recipient"?)"},
    {R"([profiles.p]
for = { ip = "10.0.0.0/33" })",
     R"(x.toml:2:9: profiles.p.for.ip: expected a network such as "10.0.0.0/8" or "::1": "10.0.0.0/33": the prefix length must be 0 to 32)"},
    {R"([profiles.p]
actions = { "add header" = 1 })",
     R"(x.toml:2:13: unknown key "add header" in [profiles.p.actions], did you mean "add_header"?)"},
    {R"([profiles.p]
allow = true
deny = true)",
     R"(x.toml:3:1: profiles.p: allow and deny exclude each other)"},
    {R"([lists.z]
zone = "z.example"
look_at = "emal"
codes."127.0.0.2".symbol = "A")",
     R"(x.toml:3:1: lists.z.look_at: expected what to look at, such as "envelope.ip": "emal" is nothing to look at, did you mean "email"?)"},
    {R"([lists.z]
zone = "{key}.example"
look_at = "email"
codes."127.0.0.2".symbol = "A")",
     R"(x.toml:2:1: lists.z: its zone needs a key, and key is not set)"},
    {R"([lists.z]
zone = "z.example"
look_at = "email"
codes."127.0.0.300".symbol = "A")",
     R"(x.toml:4:7: lists.z.codes."127.0.0.300": an answer is written "127.0.0.2", "127.0.0.4/30", "127.0.*.2" or "&8")"},
    {R"([lists.z]
zone = "z.example"
look_at = "email"
codes."127.0.0.3/30".symbol = "A")",
     R"(x.toml:4:7: lists.z.codes."127.0.0.3/30": "127.0.0.3/30" has bits set after its prefix: did you mean "127.0.0.0/30"?)"},
    {R"([lists.z]
zone = "z.example"
look_at = "email"
codes."&999".symbol = "A")",
     R"(x.toml:4:7: lists.z.codes."&999": after & stands a number from 1 to 255)"},
    {R"([lists.z]
zone = "z.example"
look_at = "email"
codes."127.0.0.2".score = 2)",
     R"(x.toml:4:7: lists.z: codes."127.0.0.2" has no symbol)"},
    {R"([lists.z]
zone = "z.example"
key = 12345
look_at = "email"
codes."127.0.0.2".symbol = "A")",
     R"(x.toml:3:1: lists.z.key: expected a string on one line, found an integer)"},
    {R"([dns)", R"(x.toml:1:5: no valid TOML: Error while parsing table header: encountered end-of-file)"},
    {R"([dns]
retries = 1
retries = 2)",
     R"(x.toml:3:11: no valid TOML: Error while parsing key-value pair: cannot redefine existing integer 'retries')"},
};

}  // namespace

TEST_CASE("mistakes: each is told with its place, what was expected and the nearest valid name") {
  for (const Row& row : kRows)
    CHECK(problems_of(row.text) == row.told);
}

TEST_CASE("mistakes: all of them are told at once, in the order of the file") {
  CHECK(problems_of("[dns]\nretries = -1\ntimout = 1\n[log]\nlevel = 5\n[actions]\nrejct = 1\n") ==
        "x.toml:2:1: dns.retries: expected an integer from 0 to 10, found -1 (an integer)\n"
        "x.toml:3:1: unknown key \"timout\" in [dns], did you mean \"timeout\"?\n"
        "x.toml:5:1: log.level: expected one of \"error\", \"warning\", \"info\", \"debug\", found 5 (an "
        "integer)\n"
        "x.toml:7:1: unknown key \"rejct\" in [actions], did you mean \"reject\"?");
}

TEST_CASE("mistakes: a wrong value leaves the default, and the start must not go on") {
  const Folder folder;
  folder.write("x.toml", "[limits]\nscan = 8\nmessage = \"1MB\"\n[actions]\nreject = \"x\"\n");
  const Loaded result = load(folder.sources());
  CHECK(result.problems.failed());
  CHECK(result.config.limits.scan == std::chrono::seconds(8));
  CHECK(result.config.limits.message == std::size_t{50} << 20);
  CHECK(result.config.actions.reject == xspamd::Points{15000});
}

TEST_CASE("mistakes: thresholds out of order and a tight memory are warnings only") {
  const Folder folder;
  folder.write("x.toml", "[actions]\ngreylist = 20\n[limits]\nmemory = \"1MiB\"\n");
  CHECK_FALSE(load(folder.sources()).problems.failed());
}

TEST_CASE("mistakes: a shipped rule that is merged into is checked after merging") {
  const Folder folder;
  Sources sources = folder.sources();
  sources.shipped.push_back({"rules.d/a.toml", "[rules.CAPS]\nheader = \"Subject\"\nmatch = \"x\"\n"});
  folder.write("x.toml", "[rules.CAPS]\nscore = 1\n");
  CHECK(folder.rendered(load(sources).problems) == "");
  folder.write("x.toml", "[rules.CAPS]\nabsent = true\n");
  CHECK(folder.rendered(load(sources).problems) ==
        "x.toml:2:1: rules.CAPS: match and absent exclude each other");
  folder.write("x.toml", "[rules.CAPS]\nheader = \"To\"\n");
  CHECK(folder.rendered(load(sources).problems) ==
        "x.toml:1:8: rules.CAPS: it needs one of match, absent, exists or count");
}
