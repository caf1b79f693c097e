package dev.quorate.daemon.config;

import java.util.Arrays;
import java.util.Optional;

/// Every key of the configuration file. The reference page is made from this list.
enum ConfigKey {
  CLUSTER(
      "cluster", "", "The name of the cluster. Absent: the node belongs to no cluster and waits."),
  NODE("node", "", "The name of this node."),
  ADDRESS(
      "address",
      "",
      "The address on which this node's services listen. Further addresses, separated by commas,"
          + " are further links of the ring, up to eight."),
  WITNESS(
      "witness",
      "",
      "The nodes that vote and host nothing, separated by commas; counts when the cluster is"
          + " founded."),
  RING_PORT("ring.port", "5415", "UDP port of the ring."),
  RAFT_PORT("raft.port", "5416", "TCP port of the replicated log."),
  ADMIN_PORT("admin.port", "5417", "TCP port on which nodes speak to each other."),
  METRICS_PORT("metrics.port", "5418", "TCP port of `/metrics`; 0 switches it off."),
  STATE_DIRECTORY(
      "state.directory",
      "/var/lib/quorate",
      "The log, snapshots and secrets; made with mode 0700."),
  RUN_DIRECTORY("run.directory", "/run/quorate", "Where the admin socket is."),
  SOCKET_GROUP(
      "admin.group", "quorate", "The group that may use the admin socket, if the group exists."),
  TOKEN_TIMEOUT(
      "ring.token-timeout", "1s", "A node that is silent for this long is lost: 300ms to 60s."),
  TOKEN_COEFFICIENT(
      "ring.token-coefficient",
      "50ms",
      "How much longer that is for each node beyond three: 0ms to 1s. The same on all nodes."),
  FRAGMENT(
      "ring.fragment",
      "8192",
      "Bytes of a message in one datagram, 1024 to 16384; longer messages are cut. Below 1350 no"
          + " datagram is cut by an Ethernet."),
  ELECTION_TIMEOUT(
      "raft.election-timeout",
      "300ms",
      "The shortest time without a leader after which a node stands for election: 150ms to 10s. The"
          + " longest is twice that."),
  QUORUM_BOUND(
      "quorum.bound",
      "2s",
      "Without quorum for this long, the node stops everything that needs it: 500ms to 60s."),
  STARTUP_QUORUM_BOUND(
      "quorum.startup-bound",
      "60s",
      "The same after a start of the daemon, before the cluster was heard of: 1s to 10min."),
  SELF_FENCE(
      "quorum.self-fence",
      "",
      "The program, with its words, that ends this machine at once when it has lost the quorum and"
          + " `no-quorum-policy` is `suicide`. Absent: `/usr/sbin/reboot --force --force --no-sync` if"
          + " that is systemd's, else `/usr/bin/systemctl --force --force reboot`,"
          + " and nothing where `boot-id` is given."),
  GRACE(
      "node.grace",
      "10s",
      "How long a node whose daemon alone is gone is left alone: 1s to 10min."),
  RESEND(
      "log.resend", "300ms", "How soon a command of unknown fate is proposed again: 50ms to 10s."),
  LOG_FREE_SPACE(
      "log.free-space",
      "64",
      "MiB that must be free on the file system of `state.directory`: with less the node hands the"
          + " leadership over and stops its log, before a write fails, and does not start. 16 to"
          + " 65536; 0 switches it off."),
  SLOW_SYNC(
      "log.slow-sync",
      "300ms",
      "The disk of the log is slow if most of the last times it took this long to keep what was"
          + " written: 20ms to 10s. It is reported, and a leader lets another node lead whose disk"
          + " is not; nothing is stopped. The default is the shortest election time-out: to wait"
          + " longer for a disk is worse than to change the leader."),
  HANG_AFTER(
      "log.hang-after",
      "0",
      "With `two-node=true`, on both nodes: how long the disk of the log may owe an answer before the"
          + " node leaves the decisions to the other, if that one's disk is well; 3s to 10min, or 0"
          + " for never. Choose it longer than anything that freezes the file system on purpose, as a"
          + " snapshot or a backup of the machine does: the other node fences this one then."),
  FENCE_DIRECTORIES(
      "fence.directories",
      "/usr/sbin:/usr/local/sbin",
      "Where fence agents (`fence_*`) are looked for, separated by `:`."),
  REALTIME(
      "realtime",
      "auto",
      "Real-time scheduling of the ring, and a greater share of the processors for the rest of the"
          + " daemon: auto or off. Where the kernel does not permit it the daemon says so and goes"
          + " on."),
  MEMORY_LOCK(
      "memory.lock",
      "auto",
      "Whether the daemon's memory is kept from being swapped out: auto or off. Where the kernel"
          + " does not permit it the daemon says so and goes on."),
  LOG_LEVEL("log.level", "info", "How much is logged: error, warn, info, debug or trace."),
  LOG_TARGET(
      "log.target",
      "journal",
      "Where the log goes: `journal` (the standard output, which systemd gives to its journal),"
          + " `syslog:FACILITY` (of this machine, UDP port 514, as `syslog:local0`), or a file's"
          + " absolute path."),
  BOOT_ID(
      "boot-id",
      "",
      "Identifies this boot of the kernel; for laboratories only. Absent: the kernel is asked.");

  private final String text;
  private final String standard;
  private final String meaning;

  ConfigKey(String text, String standard, String meaning) {
    this.text = text;
    this.standard = standard;
    this.meaning = meaning;
  }

  String text() {
    return text;
  }

  String standard() {
    return standard;
  }

  String meaning() {
    return meaning;
  }

  static Optional<ConfigKey> of(String text) {
    return Arrays.stream(values()).filter(k -> k.text.equals(text)).findFirst();
  }
}
