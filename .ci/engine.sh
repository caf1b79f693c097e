# An engine for containers, and the image that the machines of tests begin with. To be sourced after host.sh.

ENGINE_PID=
NODE_RELEASE=bookworm
NODE_PACKAGES=systemd,systemd-sysv,dbus,iproute2,iptables,procps,ca-certificates
NODE_DATABASE=postgresql-15

engine_answers() { command -v docker >/dev/null && docker version >/dev/null 2>&1; }

# Leaves an engine that answers and sets QUORATE_NODE_IMAGE. Where none can be had (nobody may install one, or the kernel
# refuses it) it says why and sets QUORATE_ENGINE=impossible, which excuses the tests that need it. What can be put right,
# as a download that fails, is no excuse: it ends the run.
need_engine() {
  # No helper container that removes others: it would come from a registry, and the tests tidy up themselves.
  export TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_CHECKS_DISABLE=true TESTCONTAINERS_HOST_OVERRIDE=localhost
  if ! engine_answers; then
    if ! is_root || ! command -v apt-get >/dev/null; then
      no_engine "no engine for containers answers, and none can be installed without root and apt-get"
      return 0
    fi
    if ! command -v dockerd >/dev/null; then
      refresh_packages
      # A pattern, since apt knows patterns and the name looks like a host's.
      install_packages '^docker[.]io$' ||
        unfit "The engine for containers cannot be installed: see above, put apt-get's sources right, or start an engine that 'docker version' finds."
    fi
    if ! start_engine; then
      local last
      last=$(tail -n 1 "$ENGINE_LOG")
      is_refusal "$last" ||
        unfit "The engine for containers does not start ('$last'): put that right, or start one that 'docker version' finds."
      no_engine "the kernel refuses the engine: $last"
      return 0
    fi
  fi
  local image
  image=quorate-node:$NODE_RELEASE-$(sha256sum .ci/engine.sh | cut -c1-12)
  if ! docker image inspect "$image" >/dev/null 2>&1; then
    make_node_image "$image" ||
      unfit "The image of the machines cannot be made: see above, put the mirror of Debian $NODE_RELEASE or the disk right, and type it again."
  fi
  export QUORATE_NODE_IMAGE=$image
}

# Whether the engine's last words are that it may not do what it must, or that the kernel cannot do it: as in a container without
# privileges. Anything else, as a full disk, another daemon or a wrong option, is this machine's to put right.
is_refusal() {
  grep -Eiq "^(failed to start|error starting) daemon: .*(operation not permitted|permission denied|function not implemented|not supported|no such device|cgroup isn't mounted)" <<<"$1"
}

no_engine() {
  say "== TESTS IN CONTAINERS WILL NOT RUN: $1"
  export QUORATE_ENGINE=impossible
}

# It needs no rules of the kernel's filter and no bridge of its own: the tests make their networks.
start_engine() {
  ENGINE_LOG=$(mktemp)
  say "== starting an engine for containers"
  dockerd --iptables=false --ip-masq=false --bridge=none >"$ENGINE_LOG" 2>&1 &
  ENGINE_PID=$!
  for _ in $(seq 60); do
    engine_answers && return 0
    kill -0 "$ENGINE_PID" 2>/dev/null || break
    sleep 0.5
  done
  return 1
}

# Ends the engine if it was started here.
stop_engine() {
  [ -n "$ENGINE_PID" ] || return 0
  kill "$ENGINE_PID" 2>/dev/null || true
  wait "$ENGINE_PID" 2>/dev/null || true
  rm -f "$ENGINE_LOG"
}

# A machine as Debian's installer leaves it, from where this machine gets its packages: systemd, the fence agents, what pretends
# another time, and no PostgreSQL. Its packages lie where apt-get keeps what it has downloaded, and what they need is there, so
# that the machines of tests, which reach no mirror, install it as any other machine does.
make_node_image() {
  local image=$1 mirror root log status=0
  command -v debootstrap >/dev/null || { refresh_packages && install_packages debootstrap; } || return 1
  mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $NODE_RELEASE" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
  [ -n "$mirror" ] ||
    unfit "The machines of the tests are Debian $NODE_RELEASE: add a source of its packages to /etc/apt/sources.list.d, and type it again."
  say "== making the image of the machines (once, about a minute)"
  root=$(mktemp -d /var/tmp/quorate-node.XXXXXX)
  log=$(mktemp)
  {
    debootstrap --variant=minbase --include="$NODE_PACKAGES" "$NODE_RELEASE" "$root" "$mirror" &&
      printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d" &&
      printf 'force-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/hasty" &&
      in_image "$root" apt-get -qq -y --no-install-recommends install fence-agents libfaketime $(needs "$root" "$NODE_DATABASE") &&
      rm "$root/usr/sbin/policy-rc.d" &&
      in_image "$root" apt-get clean &&
      in_image "$root" apt-get -qq -y --download-only install "$NODE_DATABASE" &&
      tar -C "$root" --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' -c . | docker import - "$image"
  } >"$log" 2>&1 </dev/null || status=1
  [ "$status" -eq 0 ] || tail -n 20 "$log" >&2
  rm -rf --one-file-system "$root" "$log"
  return "$status"
}

# The packages that one needs and that are not there yet, but for those that come with it.
needs() {
  in_image "$1" apt-get --simulate --no-install-recommends install "$2" |
    awk -v kin="^${2%%-*}" '$1 == "Inst" && $2 !~ kin { print $2 }'
}

in_image() {
  local root=$1
  shift
  chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}
