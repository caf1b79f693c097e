package dev.quorate.vip;

import java.time.Duration;

/// A virtual address as configured.
///
/// @param ip the address
/// @param prefix the prefix length; -1 means that of the interface's own network
/// @param nic the interface; empty means the one whose network holds the address
/// @param label the part of the label behind the colon; empty for none
/// @param broadcast the broadcast address, [Ipv4Address#ANY] for none; see `computeBroadcast`
/// @param computeBroadcast whether the broadcast address follows from the network
/// @param announceCount how many announcements follow a start; -1 means the usual schedule
/// @param announceInterval time between them
/// @param announceOnMonitor announcements at each monitor
/// @param duplicateCheck whether somebody else is asked for before a start
/// @param checkLink whether a monitor fails when the interface has no carrier
/// @param prefixRoute whether the kernel adds the network's route
/// @param deprecated whether the address is never chosen as a source (`preferred_lft=0`)
/// @param lifetime how long the address outlives the daemon
public record VipConfig(
    Ipv4Address ip,
    int prefix,
    String nic,
    String label,
    Ipv4Address broadcast,
    boolean computeBroadcast,
    int announceCount,
    Duration announceInterval,
    int announceOnMonitor,
    boolean duplicateCheck,
    boolean checkLink,
    boolean prefixRoute,
    boolean deprecated,
    Duration lifetime) {
  /// How long an address outlives its daemon unless configured.
  public static final Duration DEFAULT_LIFETIME = Duration.ofSeconds(60);

  /// Time between announcements unless configured.
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(200);
}
