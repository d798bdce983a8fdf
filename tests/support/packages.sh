# Sourced by server/quickstart and tests/run: installs the Debian packages named, if any is missing.
# Never removes a package, never lets one start its service, prints the list before.

build_packages="g++ cmake ninja-build pkg-config libasio-dev libfmt-dev libspdlog-dev libcli11-dev
  libexpected-dev libtomlplusplus-dev libpcre2-dev nlohmann-json3-dev libpsl-dev libidn2-dev zlib1g-dev libzstd-dev
  libssl-dev libc-ares-dev libsqlite3-dev libhiredis-dev publicsuffix"
e2e_packages="exim4-daemon-heavy swaks spamc unbound python3 python3-dkim python3-nacl python3-authres
  iproute2 util-linux redis-server openssl"
bench_packages="rspamd redis-server spamassassin spamd python3"  # tests/bench/run alone installs these
fuzz_packages="clang-19 libclang-rt-19-dev llvm-19"  # tests/fuzz/run alone installs these

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_missing PACKAGE...: status 0 when all are installed at the end.
install_missing() {
  missing=""
  for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  echo "Installing Debian packages:$missing"
  policy=/usr/sbin/policy-rc.d
  made_policy=no
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy" && made_policy=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1
  log=$(mktemp)
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $missing >"$log" 2>&1
  status=$?
  [ "$made_policy" = yes ] && as_root rm -f "$policy"
  [ "$status" = 0 ] || tail -n 5 "$log"
  rm -f "$log"
  return "$status"
}
