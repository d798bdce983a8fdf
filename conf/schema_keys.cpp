// The table of every key. A row names the key, its type, its default and what it means to a postmaster.
#include <span>
#include <string_view>

#include "conf/schema.h"
#include "conf/selectors.h"

namespace xspamd::conf {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kChecks[] = {
    "gtube", "rules",       "maps",        "dates",     "fields",  "encodings",  "senders",    "recipients",
    "hops",  "hfilter",     "spf",         "dkim",      "dmarc",   "arc",        "lists",      "hosts",
    "bayes", "greylist",    "message_ids", "ratelimit", "replies", "reputation", "fuzzy",      "authres",
    "mime",  "attachments", "html",        "texts",     "urls",    "whitelist",  "lists_dkim", "freemail"};
constexpr std::string_view kThresholds[] = {"greylist", "add header", "rewrite subject", "soft reject",
                                            "reject"};
constexpr std::string_view kActions[] = {"no action",   "greylist", "add header", "rewrite subject",
                                         "soft reject", "reject",   "discard",    "quarantine"};
constexpr std::string_view kOnFailure[] = {"no action", "soft reject"};
constexpr std::string_view kLevels[] = {"error", "warning", "info", "debug"};
constexpr std::string_view kFormats[] = {"text", "json", "spamd"};
constexpr std::string_view kMapKinds[] = {"exact", "suffix", "cidr", "glob", "regex"};
constexpr std::string_view kLearnPer[] = {"server", "domain", "user"};
constexpr std::string_view kHashes[] = {"sha1", "blake2"};
constexpr std::string_view kLimitBy[] = {
    "ip", "user", "sender", "sender_domain", "recipient", "recipient_domain"};
constexpr std::string_view kLimitCount[] = {"messages", "recipients"};

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kGiB = kKiB * kKiB * kKiB;
constexpr std::int64_t kDay = 86'400'000;

constexpr Key one(std::string_view path, Type type, std::string_view preset, std::string_view about) {
  return {path, type, preset, about};
}
constexpr Key many(std::string_view path, Type type, std::string_view preset, std::string_view about) {
  return {path, type, preset, about, Arity::many};
}
constexpr Key some(std::string_view path, Type type, std::string_view about) {
  return {path, type, "", about, Arity::one_or_many};
}
constexpr Key flag(std::string_view path, std::string_view preset, std::string_view about) {
  return {path, Type::boolean, preset, about};
}
struct Range {
  std::int64_t min;
  std::int64_t max;
};
constexpr Key count(std::string_view path, std::string_view preset, Range range, std::string_view about) {
  return {path, Type::integer, preset, about, Arity::one, range.min, range.max};
}
constexpr Key bytes(std::string_view path, std::string_view preset, Range range, std::string_view about) {
  return {path, Type::size, preset, about, Arity::one, range.min, range.max};
}
constexpr Key period(std::string_view path, std::string_view preset, Range range, std::string_view about) {
  return {path, Type::duration, preset, about, Arity::one, range.min, range.max};
}
constexpr Key pick(std::string_view path, std::string_view preset, Names choices, std::string_view about) {
  return {path, Type::choice, preset, about, Arity::one, 0, 0, choices};
}

using enum Type;

constexpr Key kKeys[] = {
    many("server.listen", address, R"(["127.0.0.1:11333", "[::1]:11333"])",
         "Addresses to listen on, host:port, tls:host:port or unix:/path; every one speaks every protocol"),
    one("server.tls_certificate", path, R"("")", "Certificate of tls: addresses with its chain, a PEM file"),
    one("server.tls_key", path, R"("")", "Its private key, a PEM file; empty: it is in the same file"),
    many("server.allow", network, R"(["127.0.0.0/8", "::1"])",
         "Networks that may connect; does not concern unix sockets"),
    one("server.socket_mode", octal, R"("0666")", "Permissions of unix sockets"),
    one("server.socket_group", line, R"("")", "Group of unix sockets; empty: unchanged"),
    one("server.user", name, R"("xspamd")", "User that the server runs as when started by root"),
    one("server.group", name, R"("xspamd")", "Group that the server runs as when started by root"),
    count("server.threads", "0", {0, 1024}, "Threads that parse and match; 0: one for each core"),
    period("server.grace", R"("10s")", {0, kDay}, "Time for running scans when the server is told to stop"),
    one("server.pid_file", path, R"("")", "File for the process id; empty: none"),
    one("server.hostname", line, R"("")",
        "Name of this machine in Authentication-Results; empty: the one it gives itself"),
    flag("server.shutdown_workaround", "true",
         "Clients may close their sending half early; always on, false only warns"),

    bytes("limits.message", R"("50MiB")", {1, 4 * kGiB}, "Largest message that is scanned"),
    bytes("limits.head", R"("4MiB")", {256, kGiB}, "Largest request head"),
    period("limits.scan", R"("8s")", {1, kDay}, "Time for one scan"),
    period("limits.session", R"("100s")", {1, kDay}, "Time for one connection; Exim gives up after 120s"),
    period("limits.idle", R"("10s")", {1, kDay}, "Time without input where input is due"),
    period("limits.queue", R"("20s")", {0, kDay}, "Time to wait for room when too much is going on"),
    bytes("limits.memory", R"("256MiB")", {1, 1024 * kGiB}, "Input held by all connections together"),
    bytes("limits.text", R"("1MiB")", {1, kGiB}, "Decoded text that rules, HTML and tokens see"),
    count("limits.connections", "1024", {1, 1'000'000}, "Connections open at once"),
    count("limits.scans", "512", {1, 1'000'000}, "Scans running at once"),
    count("limits.parts", "1000", {1, 1'000'000}, "MIME parts of a message"),
    count("limits.depth", "50", {1, 1000}, "Nesting of MIME parts"),
    count("limits.headers", "2000", {1, 1'000'000}, "Header fields of a message"),
    count("limits.urls", "2000", {1, 1'000'000}, "URLs of a message"),
    count("limits.html_depth", "256", {1, 10'000}, "Nesting of HTML elements"),
    bytes("limits.archive", R"("4MiB")", {0, kGiB}, "Unpacked of archives within archives"),
    count("limits.archive_files", "1000", {1, 1'000'000}, "Names of an archive"),
    bytes("limits.report", R"("16KiB")", {512, 32'000}, "Largest RSPAMC reply; Exim reads 32,599 bytes"),

    one("actions.greylist", threshold, "4", "From this score on: greylist; false: off"),
    one("actions.add_header", threshold, "6", "From this score on: add header; false: off"),
    one("actions.rewrite_subject", threshold, "false", "From this score on: rewrite subject; false: off"),
    one("actions.soft_reject", threshold, "false", "From this score on: soft reject; false: off"),
    one("actions.reject", threshold, "15", "From this score on: reject; false: off"),
    pick("actions.on_failure", R"("no action")", kOnFailure, "The verdict on mail that could not be scanned"),
    one("actions.subject", line, R"("*** SPAM *** %s")", "The rewritten subject; %s is the original"),
    flag("actions.soft_reject_on_timeout", "false", "Answer soft reject when a scan ran out of time"),

    pick("exim.required", R"("reject")", kThresholds,
         "The threshold that a plain spam condition of Exim decides by"),
    one("exim.map", table,
        R"({"rewrite subject" = "add header", discard = "reject", quarantine = "add header"})",
        "Actions renamed in RSPAMC replies, for ACLs that know only three"),
    pick("exim.map.*", "", kActions, "The action told instead"),
    Key{"spamc.required", score_or_action, R"("add header")",
        "The threshold, or a number, that SPAMC replies decide by", Arity::one, 0, 0, kThresholds},
    count("spamc.report_safe", "0", {0, 2},
          "Spam that PROCESS gives back: 0 gets header fields, 1 is attached to a report as mail, 2 as text"),
    one("spamc.rewrite_subject", line, R"("")",
        "Stands in front of the subject of spam that PROCESS gives back; empty: nothing"),

    many("networks.local", network,
         R"(["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", )"
         R"("fe80::/10", "fc00::/7"])",
         "Networks of our own"),
    many("networks.relays", network, "[]", "Hosts that relay mail to us: their hops are skipped"),

    one("scores.*", score, "", "Replaces the score of a symbol"),

    flag("checks.*.enabled", "", "Whether the check runs"),
    one("checks.*.*", any, "", "An option of the check"),
    flag("checks.lists.enabled", "true", "Whether DNS lists are asked"),
    flag("checks.greylist.enabled", "false", "Whether mail is really greylisted; off: the action is advice"),
    flag("checks.reputation.enabled", "false", "Whether what came from the same sender before counts"),
    flag("checks.spf.check_local", "false", "Also check mail from local networks"),
    flag("checks.spf.check_authed", "false", "Also check mail from users who logged in"),
    flag("checks.dkim.check_local", "false", "Also check mail from local networks"),
    flag("checks.dkim.check_authed", "false", "Also check mail from users who logged in"),
    flag("checks.dkim.allow_sha1", "false", "Accept signatures made with SHA-1"),
    count("checks.dkim.min_key_bits", "1024", {512, 16'384}, "Shortest RSA key that is accepted"),
    flag("checks.dmarc.check_local", "false", "Also check mail from local networks"),
    flag("checks.dmarc.check_authed", "false", "Also check mail from users who logged in"),
    flag("checks.arc.check_local", "false", "Also check mail from local networks"),
    flag("checks.arc.check_authed", "false", "Also check mail from users who logged in"),

    one("rules.*.header", header_selector, "",
        "Looks at header fields: NAME, NAME:raw, :addr, :domain, :name"),
    pick("rules.*.envelope", "", kEnvelopeNames, "Looks at the envelope"),
    pick("rules.*.received", "", kReceivedNames, "Looks at each judged hop"),
    pick("rules.*.part", "", kPartNames, "Looks at the message's parts"),
    pick("rules.*.url", "", kUrlNames, "Looks at URLs"),
    pick("rules.*.attachment", "", kAttachmentNames, "Looks at attachments"),
    pick("rules.*.message", "", kMessageNames, "Looks at the whole message"),
    one("rules.*.match", text, "", "The pattern (PCRE2) that hits"),
    one("rules.*.flags", regex_flags, R"("")", "Of the pattern: any of imsx"),
    flag("rules.*.absent", "false", "Hits when there is no such value"),
    flag("rules.*.exists", "false", "Hits when there is such a value"),
    one("rules.*.count", comparison, "", "Hits when so many values, or hits of match, are there"),
    flag("rules.*.negate", "false", "Hits when there is a value and none matches"),
    flag("rules.*.all", "false", "Hits when every value matches and there is one"),
    count("rules.*.max_hits", "1", {1, 1000}, "Hits that score"),
    flag("rules.*.shadow", "false", "Shown, but not scored"),
    flag("rules.*.enabled", "true", "Whether the rule is looked at"),
    one("rules.*.score", score, "0", "Points of a hit"),
    one("rules.*.group", name, "", "The group it counts in"),
    one("rules.*.about", line, "", "What a hit means, for the reader of a verdict"),
    some("rules.*.hit", text, "Example that must hit"),
    some("rules.*.miss", text, "Example that must not hit"),
    one("rules.*.hit_envelope.sender", line, "", "Sender of the example"),
    some("rules.*.hit_envelope.recipient", line, "Recipients of the example"),
    one("rules.*.hit_envelope.ip", ip, "", "Client address of the example"),
    one("rules.*.hit_envelope.helo", line, "", "HELO of the example"),
    one("rules.*.hit_envelope.hostname", line, "", "Client's host name of the example"),
    one("rules.*.hit_envelope.user", line, "", "Login of the example"),
    one("rules.*.hit_envelope.queue_id", line, "", "Queue id of the example"),

    one("metas.*.when", name, "", "Expression of symbols that hits"),
    one("metas.*.score", score, "0", "Points of a hit"),
    one("metas.*.group", name, "", "The group it counts in"),
    one("metas.*.about", line, "", "What a hit means, for the reader of a verdict"),
    many("metas.*.take", symbol, "[]", "Symbols that lose their score when it hits"),
    many("metas.*.remove", symbol, "[]", "Symbols that are dropped when it hits"),
    pick("metas.*.action", "", kActions, "The action that a hit decides"),
    one("metas.*.message", line, "", "Text for the SMTP reply"),
    flag("metas.*.shadow", "false", "Shown, but neither scored nor acted upon"),
    flag("metas.*.enabled", "true", "Whether it is looked at"),

    one("maps.*.look_at", selector, "", "What is looked up, such as envelope.sender.domain"),
    pick("maps.*.kind", "", kMapKinds, "How entries are compared"),
    one("maps.*.file", name, "", "File of entries, relative to the configuration"),
    many("maps.*.entries", line, "", "The entries themselves"),
    one("maps.*.score", score, "0", "Points of a hit"),
    one("maps.*.group", name, "", "The group it counts in"),
    one("maps.*.about", line, "", "What a hit means, for the reader of a verdict"),
    pick("maps.*.action", "", kActions, "The action that a hit decides"),
    one("maps.*.message", line, "", "Text for the SMTP reply"),
    flag("maps.*.enabled", "true", "Whether it is looked up"),

    one("groups.*.max_score", score, "", "Most points that the symbols of the group add up to"),

    some("profiles.*.for.recipient", name, "Recipients: addresses or *.domains"),
    some("profiles.*.for.sender", name, "Senders: addresses or *.domains"),
    some("profiles.*.for.ip", network, "Client networks"),
    some("profiles.*.for.user", name, "Logins; * is any"),
    flag("profiles.*.for.authenticated", "", "Whether the client logged in"),
    count("profiles.*.priority", "0", {-1'000'000, 1'000'000}, "The highest that fits is used"),
    one("profiles.*.actions.greylist", threshold, "", "Threshold of greylist"),
    one("profiles.*.actions.add_header", threshold, "", "Threshold of add header"),
    one("profiles.*.actions.rewrite_subject", threshold, "", "Threshold of rewrite subject"),
    one("profiles.*.actions.soft_reject", threshold, "", "Threshold of soft reject"),
    one("profiles.*.actions.reject", threshold, "", "Threshold of reject"),
    one("profiles.*.actions.discard", threshold, "", "Threshold of discard"),
    one("profiles.*.actions.quarantine", threshold, "", "Threshold of quarantine"),
    one("profiles.*.scores.*", score, "", "Replaces the score of a symbol"),
    many("profiles.*.disable", name, "[]", "Checks or symbols switched off"),
    many("profiles.*.enable", name, "[]", "Checks or symbols switched on"),
    flag("profiles.*.allow", "false", "Let such mail pass without a scan"),
    flag("profiles.*.deny", "false", "Reject such mail without a scan"),

    one("signing.*.key", name, "", "File of the private key (PEM), relative to the configuration"),
    one("signing.*.selector", name, "",
        "Selector of the key: its record stands at SELECTOR._domainkey.DOMAIN"),
    many("signing.*.domains", name, "",
         "Domains to sign for, with what is below them; \"*\" is every domain that From names"),
    many(
        "signing.*.headers", name,
        R"(["(o)from", "(x)sender", "(o)reply-to", "(o)subject", "(x)date", "(x)message-id", "(o)to", "(o)cc", )"
        R"("(x)mime-version", "(x)content-type", "(x)content-transfer-encoding", "resent-to", "resent-cc", )"
        R"("resent-from", "resent-sender", "resent-message-id", "(x)in-reply-to", "(x)references", "list-id", )"
        R"("list-help", "list-owner", "list-unsubscribe", "list-unsubscribe-post", "list-subscribe", )"
        R"("list-post", "(x)openpgp", "(x)autocrypt"])",
        "Header fields to sign; none can be added where (o) stands, nor where (x) stands and one is there"),
    period("signing.*.expires", R"("0s")", {0, 3650 * kDay},
           "Time after which a signature is void; 0s: never"),
    flag("signing.*.arc", "false", "Whether the key also seals for ARC, as the first of the domains"),
    flag("signing.*.enabled", "true", "Whether it signs"),

    Key{"ratelimits.*.by", choice, "", "Whose mail is limited; several: each combination of them",
        Arity::many, 0, 0, kLimitBy},
    one("ratelimits.*.rate", name, "", "How much is taken in a time, such as \"100 / 1h\""),
    count("ratelimits.*.burst", "", {1, 1'000'000'000}, "How much at once; unset: the number of the rate"),
    pick("ratelimits.*.count", R"("messages")", kLimitCount, "What is counted"),
    flag("ratelimits.*.authenticated", "",
         "Only mail of users who logged in, or, if false, only other mail; unset: all"),
    flag("ratelimits.*.local", "", "Whether mail from networks.local counts; unset: where users are counted"),
    many("ratelimits.*.except", network, "[]", "Networks that are not limited"),
    one("ratelimits.*.message", line, "", "Text for the SMTP reply; unset: Ratelimit \"NAME\" exceeded"),
    flag("ratelimits.*.enabled", "true", "Whether it limits"),

    one("lists.*.zone", name, "", "DNS zone of the list; {key} is replaced by the key"),
    one("lists.*.key", secret, "", "Secret that the zone's operator gave you"),
    some("lists.*.look_at", list_selector, "What is asked about"),
    pick("lists.*.hash", "", kHashes, "Ask for the digest of the value"),
    one("lists.*.group", name, R"("lists")", "The group that its symbols count in"),
    flag("lists.*.ipv4", "true", "Whether it knows IPv4 addresses"),
    flag("lists.*.ipv6", "true", "Whether it knows IPv6 addresses"),
    flag("lists.*.addresses", "", "Whether it knows addresses; unset: when it looks at addresses"),
    one("lists.*.codes.*.symbol", symbol, "", "Symbol for this answer"),
    one("lists.*.codes.*.score", score, "0", "Points of this answer"),
    one("lists.*.codes.*.about", line, "", "What this answer means, for the reader of a verdict"),
    flag("lists.*.codes.*.allow", "false", "Hits of other lists on the same client do not count"),
    many("lists.*.refused", network, R"(["127.255.255.0/24"])", "Answers that mean: you are blocked"),
    one("lists.*.refused_symbol", symbol, "", "Symbol shown while the list refuses this server"),
    one("lists.*.test.listed", name, "", "Address or name that is listed, to try the list with"),
    one("lists.*.test.clean", name, "", "Address or name that is not listed"),
    flag("lists.*.enabled", "true", "Whether the list is asked"),

    many("dns.servers", dns_server, "[]", "DNS servers, such as 127.0.0.1:5301; none: those of resolv.conf"),
    period("dns.timeout", R"("1s")", {1, 60'000}, "Time for one try"),
    count("dns.retries", "1", {0, 10}, "Tries after the first"),
    period("dns.budget", R"("4s")", {1, kDay}, "Time for all questions of one scan"),
    count("dns.cache", "20000", {0, 10'000'000}, "Answers that are kept"),

    one("store.url", store_url, R"("sqlite:/var/lib/xspamd/xspamd.db")",
        "sqlite:/path, memory:, redis://, redis+unix://, redis+sentinel:// or redis+cluster://"),
    many("learn.allow", network_or_unix, R"(["127.0.0.0/8", "::1", "unix"])",
         "Networks that may teach, and unix for unix sockets"),
    pick("learn.per", R"("server")", kLearnPer,
         "Whose taught mail counts: server, domain or user; those who taught too little share the server's"),
    period("learn.token_expiry", R"("400d")", {kDay, 3650 * kDay},
           "Time after which a word that was not taught again is forgotten"),
    period("learn.fuzzy_expiry", R"("90d")", {kDay, 3650 * kDay},
           "Time over which the weight of a fuzzy digest that is not taught again fades to nothing"),
    flag("learn.autolearn", "false", "Whether mail whose verdict is clear is learned without being taught"),
    one("learn.autolearn_spam", score, "12", "Spam is clear from this score on, without what was learned"),
    one("learn.autolearn_ham", score, "0", "Ham is clear up to this score, without what was learned"),

    flag("history.enabled", "true", "Whether verdicts are kept in the store, for xspamd history"),
    count("history.entries", "1000", {1, 100'000}, "Verdicts that are kept and shown, the newest"),
    period("history.expiry", R"("14d")", {1'000, 3650 * kDay}, "Time after which a verdict is dropped"),

    one("log.target", log_target, R"("stderr")", "stderr, syslog or file:/path"),
    pick("log.level", R"("info")", kLevels, "error, warning, info or debug"),
    pick("log.format", R"("text")", kFormats, "text, json or spamd"),
};

}  // namespace

std::span<const Key> schema_keys() {
  return kKeys;
}

std::span<const std::string_view> check_names() {
  return kChecks;
}

}  // namespace xspamd::conf
