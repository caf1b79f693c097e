package dev.quorate.agents;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ResourceDefinition;
import java.util.Optional;

/// What an opened instance knows of its surroundings. Thread-safe.
public interface InstanceContext {
  /// This node.
  NodeId self();

  /// This node's present life.
  Incarnation incarnation();

  /// What was configured.
  ResourceDefinition resource();

  /// Proposes a command on the instance's behalf (votes, releases, promises). Returns at once;
  /// resent by the daemon until its outcome is known, so the command must be safe to repeat.
  void propose(ClusterCommand command);

  /// Tells the daemon that a monitor is worth running now (a process ended, a role changed).
  void monitorSoon();

  /// Tells the other nodes something of this instance, in place of what was told before: evidence,
  /// which may get lost, decides nothing by itself and is forgotten with the daemon. Returns at
  /// once.
  ///
  /// @param text at most 2,000 characters, all ASCII; empty for nothing
  default void publish(String text) {}

  /// The address that a node's name stands for, as it was last found; nothing if it is an address
  /// already, or not known. Returns at once: whoever must not wait for a name server asks here.
  ///
  /// @param host as the configuration has it
  default Optional<String> addressOf(String host) {
    return Optional.empty();
  }

  /// A directory for the agent's own small files, private to this resource.
  java.nio.file.Path workDirectory();
}
