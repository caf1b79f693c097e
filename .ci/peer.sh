# The image that the machines of the other stack begin with, for `./check compare`. To be sourced after engine.sh.

PEER_PACKAGES='corosync pacemaker pacemaker-cli-utils pcs resource-agents resource-agents-paf'

# Sets QUORATE_PEER_IMAGE; an engine and its image for machines must be there.
need_peer_image() {
  [ -n "${QUORATE_NODE_IMAGE:-}" ] || unfit "The comparison needs an engine for containers, and there is none."
  local image=quorate-peer:${QUORATE_NODE_IMAGE#*:}-$(sha256sum .ci/peer.sh | cut -c1-12) log
  if ! docker image inspect "$image" >/dev/null 2>&1; then
    say "== making the image of the other stack's machines (once, about two minutes)"
    log=$(mktemp)
    make_peer_image "$image" >"$log" 2>&1 || { tail -n 20 "$log" >&2; unfit "The image with $PEER_PACKAGES could not be made."; }
    rm -f "$log"
  fi
  export QUORATE_PEER_IMAGE=$image
}

# Nothing starts while it is made, and PostgreSQL is there without an instance; at boot only pcsd starts, as the agent's authors
# advise.
make_peer_image() {
  docker build --network=host --tag "$1" - <<IMAGE
FROM $QUORATE_NODE_IMAGE
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
 && mkdir -p /etc/postgresql-common/createcluster.d \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/no-main.conf \
 && apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $NODE_DATABASE $PEER_PACKAGES \
 && rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/* /var/cache/apt/archives/*.deb \
 && systemctl disable corosync pacemaker && systemctl enable pcsd
IMAGE
}
