package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.PairStanding;
import dev.quorate.resource.Absence;
import java.util.Optional;
import java.util.function.Consumer;

/// What the arbitration needs of the node around it.
public interface Surroundings {
  /// What the last applied state says.
  PairRules rules();

  /// Says hello to the peer, and is told its own; blocks for a bounded time.
  Optional<Hello> greet(Hello mine);

  /// Asks the peer, which goes on alone, to take this node's damaged copy out of its log's members;
  /// blocks for a bounded time.
  ///
  /// @return whether it did
  boolean retire();

  /// Asks the peer's kernel and daemon whether they live; blocks for a bounded time.
  Absence probe();

  /// Cuts the peer's power and asks the device. Tells the proof, or nothing if it was not shown to
  /// be off by a device that was asked afterwards.
  void fence(Consumer<Optional<PairStanding.Proof>> ended);

  /// Asks the devices for the peer what they make of it; blocks for a bounded time.
  ///
  /// @param up whether the peer is known to be on
  /// @return what is wrong; empty if at least one device would do
  Optional<String> inspect(boolean up);

  /// The arbitration has come to something else.
  void stands(PairStanding standing);

  /// Something that an operator may want to know.
  void happened(String text);

  /// The log on disk cannot be used.
  void unusable(String reason);

  /// The node must not go on.
  void failed(String reason);
}
