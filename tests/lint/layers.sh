# proto <- conf <- rules <- server: no include upwards, and each third-party header only where it belongs.
# "files|header": the header may be included only by files that match the pattern.
status=0
bad() { [ -n "$1" ] && { echo "$2"; echo "$1"; status=1; }; }

bad "$(grep -rnE '#include "(conf|rules|server|tests)/' proto)" "proto includes a layer above it:"
bad "$(grep -rnE '#include "(rules|server|tests)/' conf)" "conf includes a layer above it:"
bad "$(grep -rnE '#include "(server|tests)/' rules)" "rules includes a layer above it:"
bad "$(grep -rnE '#include "tests/' server)" "server includes the tests:"
bad "$(grep -rnE '#include <(asio|thread|mutex|fstream|filesystem|atomic|condition_variable)' proto)" "proto does I/O or threads:"

while IFS='|' read -r header files; do
  bad "$(grep -rnE "#include <$header" proto conf rules server | grep -vE "^($files):")" "<$header> outside its files:"
done <<'TABLE'
toml\+\+/|conf/layers\.cpp
CLI/|server/(client/)?options\.cpp
spdlog/|server/log\.cpp
nlohmann/|proto/rspamd_json\.cpp
pcre2|rules/match/regex\.(cpp|h)
iconv|proto/mail/charset\.cpp
libpsl|proto/base/suffix\.cpp
idn2|proto/mail/url_idna\.cpp
zlib|(proto/mail/zip|proto/inflate|server/client/(gzip|deflate))\.cpp
zstd|server/client/zstd\.cpp
ares|rules/io/ares\.(cpp|h)
hiredis/|rules/io/resp\.(cpp|h)
sqlite3|rules/store/sqlite_connection\.cpp
openssl/|(rules/auth/crypto|server/tls|server/client/tls)\.(cpp|h)
asio|((rules/io|rules/store|rules/learn|server)/[a-z_]+\.(cpp|h)|rules/engine\.cpp)
TABLE
exit $status
