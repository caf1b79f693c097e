package dev.quorate.membership;

import java.time.Duration;

/// How the ring keeps time and what it holds at most.
///
/// A node that vanishes is out of the view after at most `tokenTimeout + consensusTimeout` and a
/// few round trips.
///
/// @param tokenTimeout without a token for this long, the ring is broken: 300 ms to 60 s
/// @param tokenRetransmit a token is sent again if the ring gives no sign of it for this long
/// @param tokenHold how long the representative keeps the token of an idle ring
/// @param joinInterval how often joins are repeated while members gather
/// @param consensusTimeout how long a silent node is waited for while members gather
/// @param mergeInterval how often a ring looks for nodes outside it
/// @param maxMembers the most nodes of a cluster
/// @param window the most messages that may be under way in the ring
/// @param messagesPerVisit the most messages that a node sends while it has the token
/// @param sendQueue the most messages that wait for the token on a node
/// @param fragment longer messages are cut into parts of this many bytes
/// @param tokenPerNode how much the token timeout grows with each node beyond three
public record MembershipConfig(
    Duration tokenTimeout,
    Duration tokenRetransmit,
    Duration tokenHold,
    Duration joinInterval,
    Duration consensusTimeout,
    Duration mergeInterval,
    int maxMembers,
    int window,
    int messagesPerVisit,
    int sendQueue,
    int fragment,
    Duration tokenPerNode) {

  /// The largest message, in bytes.
  public static final int MAX_MESSAGE = 1 << 20;

  /// The largest part of a message that one datagram carries, in bytes.
  public static final int MAX_FRAGMENT = 16_384;

  /// The smallest size to which messages may be cut, in bytes.
  public static final int MIN_FRAGMENT = 1_024;

  /// How many bytes of messages may wait for the token on a node.
  public static final int MAX_WAITING = 8 * MAX_MESSAGE;

  /// The largest cluster.
  public static final int MAX_MEMBERS = 32;

  private static final Duration SHORTEST_TOKEN = Duration.ofMillis(300);
  private static final Duration LONGEST_TOKEN = Duration.ofSeconds(60);
  private static final Duration LONGEST_COEFFICIENT = Duration.ofSeconds(1);
  private static final int NODES_IN_TIME = 3;
  private static final Duration LONGEST_CONSENSUS = Duration.ofMillis(200);

  /// Checks every value and how they fit together.
  public MembershipConfig {
    within("token timeout", tokenTimeout, SHORTEST_TOKEN, LONGEST_TOKEN);
    within("token retransmit", tokenRetransmit, Duration.ofMillis(10), tokenTimeout.dividedBy(2));
    within("token hold", tokenHold, Duration.ofMillis(1), tokenRetransmit);
    within("consensus timeout", consensusTimeout, Duration.ofMillis(20), LONGEST_CONSENSUS);
    within("join interval", joinInterval, Duration.ofMillis(5), consensusTimeout);
    within("merge interval", mergeInterval, Duration.ofMillis(50), LONGEST_TOKEN);
    within("max members", maxMembers, 1, MAX_MEMBERS);
    within("window", window, 16, 4096);
    within("messages per visit", messagesPerVisit, 1, window);
    within("send queue", sendQueue, 1, 65_536);
    within("fragment", fragment, MIN_FRAGMENT, MAX_FRAGMENT);
    within("token coefficient", tokenPerNode, Duration.ZERO, LONGEST_COEFFICIENT);
  }

  /// The settings of a cluster whose administrator chose nothing.
  public static MembershipConfig defaults() {
    return withTokenTimeout(Duration.ofSeconds(1));
  }

  /// The default settings around another token timeout; hold and retransmission follow from it.
  public static MembershipConfig withTokenTimeout(Duration tokenTimeout) {
    return new MembershipConfig(
        tokenTimeout,
        tokenTimeout.dividedBy(5),
        tokenTimeout.multipliedBy(9).dividedBy(50),
        Duration.ofMillis(50),
        LONGEST_CONSENSUS,
        Duration.ofMillis(500),
        MAX_MEMBERS,
        256,
        64,
        1024,
        8_192,
        Duration.ofMillis(50));
  }

  /// The same settings with another growth of the token timeout by node.
  public MembershipConfig withTokenPerNode(Duration more) {
    return with(tokenTimeout, more, fragment);
  }

  /// The same settings with parts of another size.
  public MembershipConfig withFragment(int size) {
    return with(tokenTimeout, tokenPerNode, size);
  }

  /// The settings as they are for a cluster of so many nodes: a token takes longer round more
  /// nodes, and more of its passes may fail.
  public MembershipConfig forNodes(int nodes) {
    var longer = tokenTimeout.plus(tokenPerNode.multipliedBy(Math.max(0, nodes - NODES_IN_TIME)));
    return with(
        longer.compareTo(LONGEST_TOKEN) > 0 ? LONGEST_TOKEN : longer, tokenPerNode, fragment);
  }

  private MembershipConfig with(Duration token, Duration perNode, int part) {
    return new MembershipConfig(
        token,
        tokenRetransmit,
        tokenHold,
        joinInterval,
        consensusTimeout,
        mergeInterval,
        maxMembers,
        window,
        messagesPerVisit,
        sendQueue,
        part,
        perNode);
  }

  /// While a ring forms nobody holds the token, so that its loss is noticed earlier; so it is where
  /// there are hints.
  public Duration formingTimeout() {
    var half = tokenTimeout.dividedBy(2);
    return half.compareTo(consensusTimeout) < 0 ? consensusTimeout : half;
  }

  private static void within(String name, Duration value, Duration low, Duration high) {
    if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
      throw new IllegalArgumentException(
          name + " must be " + low.toMillis() + " to " + high.toMillis() + " ms: " + value);
    }
  }

  private static void within(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(name + " must be " + low + " to " + high + ": " + value);
    }
  }
}
