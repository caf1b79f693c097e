# What every root script needs to know about this machine. To be sourced, from the repository's root.

export LC_ALL=C.UTF-8 LANGUAGE=

# Flags of every JVM that we start; the tests use the same (see test.jvm.flags in pom.xml).
JVM_FLAGS=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC)

say() { printf '%s\n' "$*" >&2; }

# Something of this machine is missing: one sentence, exit 3.
unfit() {
  say "$*"
  exit 3
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# True if commands can be run as root without asking anybody.
can_be_root() { is_root || sudo -n true 2>/dev/null; }

as_root() {
  if is_root; then "$@"; else sudo -n "$@"; fi
}

# A directory is a JDK 25 if its release file says so and it can compile; no JVM is started to find out.
is_jdk25() {
  [ -x "$1/bin/javac" ] && grep -Eqs '^JAVA_VERSION="25[."]' "$1/release"
}

find_jdk25() {
  local candidate javac
  for candidate in "${JAVA_HOME:-}"; do
    if [ -n "$candidate" ] && is_jdk25 "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  if javac=$(command -v javac); then
    candidate=$(dirname "$(dirname "$(readlink -f "$javac")")")
    if is_jdk25 "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  fi
  for candidate in "${JVM_DIRECTORY:-/usr/lib/jvm}"/*; do
    if is_jdk25 "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# Sets JAVA_HOME to a JDK 25, installed from the distribution if it has one.
need_jdk25() {
  local found
  if ! found=$(find_jdk25) && can_be_root && command -v apt-get >/dev/null; then
    refresh_packages
    if apt-cache show openjdk-25-jdk-headless 2>/dev/null | grep -q '^Package:'; then
      install_packages openjdk-25-jdk-headless || true
    fi
    found=$(find_jdk25) || true
  fi
  [ -n "$found" ] ||
    unfit "Quorate needs a JDK 25: install one under /usr/lib/jvm (for example Temurin 25), or set JAVA_HOME to it."
  export JAVA_HOME=$found
}

refresh_packages() {
  [ -n "${PACKAGES_REFRESHED:-}" ] && return 0
  PACKAGES_REFRESHED=1
  say "== reading the list of packages"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 ||
    say "== the list of packages could not be refreshed; going on with the old one"
}

# Installs packages without starting the services that they bring.
install_packages() {
  say "== installing: $*"
  local policy=/usr/sbin/policy-rc.d status=0 ours= log
  log=$(mktemp)
  if [ ! -e "$policy" ]; then
    ours=1
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" \
    </dev/null >"$log" 2>&1 || status=$?
  [ -z "$ours" ] || as_root rm -f "$policy"
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# The newest directory with the server programs of PostgreSQL; empty if there is none.
postgres_programs() {
  local directory newest=
  for directory in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/local/pgsql/bin | sort -V); do
    if [ -x "$directory/postgres" ] && [ -x "$directory/initdb" ] && [ -x "$directory/pg_rewind" ]; then
      newest=$directory
    fi
  done
  printf '%s\n' "$newest"
}

# Installs PostgreSQL's server programs, and keeps Debian from creating and starting a cluster of its own.
install_postgres() {
  local settings=/etc/postgresql-common/createcluster.conf server=postgresql
  apt-cache show postgresql-15 2>/dev/null | grep -q '^Package:' && server=postgresql-15
  install_packages postgresql-common || return
  as_root sed -i 's/^#\{0,1\} *create_main_cluster *=.*/create_main_cluster = false/' "$settings"
  install_packages "$server"
}

# Installs what the lab and the tests use, if it is missing and can be installed; says what stays missing.
need_lab() {
  local missing=() pair
  for pair in ip:iproute2 iptables:iptables ps:procps unshare:util-linux xz:xz-utils; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  local postgres
  postgres=$(postgres_programs)
  if [ ${#missing[@]} -eq 0 ] && [ -n "$postgres" ]; then
    return 0
  fi
  if ! can_be_root || ! command -v apt-get >/dev/null; then
    say "== missing here, and not installable without root: ${missing[*]} ${postgres:-postgresql}"
    return 0
  fi
  refresh_packages
  if [ ${#missing[@]} -gt 0 ]; then
    install_packages "${missing[@]}" || say "== could not install: ${missing[*]}"
  fi
  if [ -z "$postgres" ]; then
    install_postgres || say "== could not install PostgreSQL"
  fi
}
