package dev.quorate.lab;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the demo can let happen to a cluster.
enum Scenario {
  /// The primary's machine loses power.
  NODE_CRASH("node-crash", "the primary's machine loses power", 3000),
  /// A standby's machine loses power.
  STANDBY_CRASH("standby-crash", "a standby's machine loses power", 4000),
  /// The primary's postmaster is killed.
  PG_CRASH("pg-crash", "the primary's postmaster is killed", 2000),
  /// An operator asks for another primary.
  SWITCHOVER("switchover", "an operator moves the primary", 1000),
  /// The primary's cable is pulled; the fence device works.
  PARTITION("partition", "the primary's cable is pulled", 4000),
  /// The primary's cable is pulled, and the fence device does not answer.
  PARTITION_UNFENCED(
      "partition-unfenced", "the primary's cable is pulled and fencing does not work", 0),
  /// Nothing reaches the primary's machine, but what it says arrives.
  PARTITION_DEAF("partition-deaf", "the primary's machine hears nothing any more", 4000),
  /// Nothing that the primary's machine says arrives, but it hears everybody.
  PARTITION_MUTE("partition-mute", "the primary's machine is not heard any more", 4000),
  /// The primary and one standby do not hear each other, and a third node hears both.
  PARTITION_ASYMMETRIC("partition-asymmetric", "the primary and one standby lose each other", 4000),
  /// The primary's cable is out and in again for ten seconds and more.
  PARTITION_FLAPPING("partition-flapping", "the primary's cable has a loose contact", 4000),
  /// Every process of the primary's machine stops running without ending.
  FREEZE("freeze", "the primary's machine freezes", 3500),
  /// Every cable is pulled.
  QUORUM_LOSS("quorum-loss", "every cable is pulled", 0),
  /// The standbys stop receiving for a while, then the primary's machine loses power: without
  /// synchronous replication this loses commits, and the demo must say so.
  LAGGING_STANDBY(
      "lagging-standby", "both standbys fall behind, and the primary's machine loses power", 0);

  private final String word;
  private final String story;
  private final long budgetMillis;

  Scenario(String word, String story, long budgetMillis) {
    this.word = word;
    this.story = story;
    this.budgetMillis = budgetMillis;
  }

  String word() {
    return word;
  }

  String story() {
    return story;
  }

  /// What clients felt of it. What spoils cables for a while, or takes a standby, without need for
  /// another primary begins no outage that would end: there the longest silence counts.
  long feltMillis(Outage outage) {
    return this == PARTITION_ASYMMETRIC || this == PARTITION_FLAPPING || this == STANDBY_CRASH
        ? outage.gapMillis()
        : outage.faultToWritingMillis();
  }

  /// Whether it can be played on two nodes that fence each other: if a cable is pulled there, the
  /// primary's side goes on, and clients on the other side wait for the cable.
  boolean playableByTwo() {
    return switch (this) {
      case NODE_CRASH, STANDBY_CRASH, PG_CRASH, SWITCHOVER, FREEZE -> true;
      case PARTITION,
          PARTITION_UNFENCED,
          PARTITION_DEAF,
          PARTITION_MUTE,
          PARTITION_ASYMMETRIC,
          PARTITION_FLAPPING,
          QUORUM_LOSS,
          LAGGING_STANDBY ->
          false;
    };
  }

  /// Whether the machine of the primary is lost, so that of two nodes the side that waits longer
  /// has to fence it.
  boolean losesPrimary() {
    return this == NODE_CRASH || this == FREEZE;
  }

  /// How long clients may wait until they write again; 0 where that depends on the operator.
  long budgetMillis() {
    return budgetMillis;
  }

  /// What a single run may take on a busy machine: beyond it something waits for a time-out.
  /// Without a budget, the cables stay pulled for half a minute.
  long limitMillis() {
    return budgetMillis > 0 ? 3 * budgetMillis : 75_000;
  }

  static Optional<Scenario> of(String word) {
    return Arrays.stream(values()).filter(s -> s.word.equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Scenario::word).toList();
  }
}
