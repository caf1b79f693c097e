package dev.quorate.daemon.core;

import dev.quorate.consensus.LogPosition;
import dev.quorate.resource.ClusterCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What this node has proposed and cannot yet see in its state.
///
/// A *durable* proposal is proposed again, under the same ticket, until it is committed; any other
/// is forgotten when it fails, because the state will call for it again. A proposal's key names
/// what it is about: a newer one of the same key takes the place of the older. A committed proposal
/// stays pending until the local state has come as far: until then the state would call for it
/// again.
final class Outbox {
  private enum Progress {
    UNDER_WAY,
    UNSETTLED,
    COMMITTED,
    REFUSED
  }

  /// @param position where it was committed
  private record Pending(
      String key,
      ClusterCommand command,
      boolean durable,
      Progress progress,
      LogPosition position) {
    Pending(String key, ClusterCommand command, boolean durable, Progress progress) {
      this(key, command, durable, progress, LogPosition.NONE);
    }
  }

  private final Map<Long, Pending> pending = new TreeMap<>();
  private long lastTicket;

  /// Proposes, unless the same command is pending under that key.
  List<NodeEffect> propose(String key, ClusterCommand command, boolean durable) {
    Optional<Map.Entry<Long, Pending>> same = find(key);
    if (same.isPresent()) {
      if (same.get().getValue().command().equals(command)) {
        return List.of();
      }
      pending.remove(same.get().getKey());
    }
    long ticket = ++lastTicket;
    pending.put(ticket, new Pending(key, command, durable, Progress.UNDER_WAY));
    NodeEffect propose = new NodeEffect.Propose(ticket, command);
    return same.isPresent()
        ? List.of(new NodeEffect.ForgetTicket(same.get().getKey()), propose)
        : List.of(propose);
  }

  /// The key of what an agent proposes.
  static String agentKey(ClusterCommand command) {
    return switch (command) {
      case ClusterCommand.CastVote(var resource, _, _) -> "vote " + resource;
      case ClusterCommand.ReleasePrimacy release -> "release " + release.resource();
      case ClusterCommand.SetSyncPromise promise -> "promise " + promise.resource();
      default -> "agent " + command;
    };
  }

  /// Whether something is pending under the key: what was refused is, until [#resend], or whatever
  /// called for it would propose it again as fast as it is refused.
  boolean isPending(String key) {
    return find(key).isPresent();
  }

  /// The cluster refused what was committed under the ticket: the same is not proposed again before
  /// [#resend].
  void refused(long ticket) {
    Pending p = pending.get(ticket);
    if (p != null) {
      pending.put(
          ticket, new Pending(p.key(), p.command(), p.durable(), Progress.REFUSED, p.position()));
    }
  }

  /// The key that the ticket was proposed under, which is now settled.
  Optional<String> committed(long ticket, LogPosition position) {
    Pending settled = pending.get(ticket);
    if (settled == null || isOver(settled)) {
      return Optional.empty();
    }
    pending.put(
        ticket,
        new Pending(
            settled.key(), settled.command(), settled.durable(), Progress.COMMITTED, position));
    return Optional.of(settled.key());
  }

  /// The local state has come to a position: what was committed up to there shows in it.
  void applied(LogPosition position) {
    pending
        .values()
        .removeIf(p -> p.progress() == Progress.COMMITTED && p.position().compareTo(position) <= 0);
  }

  /// The proposal failed; whether it waits to be proposed again.
  boolean unsettled(long ticket) {
    Pending failed = pending.get(ticket);
    if (failed == null || isOver(failed)) {
      return false;
    }
    if (!failed.durable()) {
      pending.remove(ticket);
      return false;
    }
    pending.put(ticket, new Pending(failed.key(), failed.command(), true, Progress.UNSETTLED));
    return true;
  }

  /// Proposes everything again that is known to be unsettled.
  List<NodeEffect> resend() {
    pending.values().removeIf(p -> p.progress() == Progress.REFUSED);
    List<NodeEffect> effects = new ArrayList<>();
    for (Map.Entry<Long, Pending> entry : pending.entrySet()) {
      Pending p = entry.getValue();
      if (p.progress() == Progress.UNSETTLED) {
        entry.setValue(new Pending(p.key(), p.command(), p.durable(), Progress.UNDER_WAY));
        effects.add(new NodeEffect.Propose(entry.getKey(), p.command()));
      }
    }
    return effects;
  }

  private static boolean isOver(Pending p) {
    return p.progress() == Progress.COMMITTED || p.progress() == Progress.REFUSED;
  }

  private Optional<Map.Entry<Long, Pending>> find(String key) {
    return pending.entrySet().stream().filter(e -> e.getValue().key().equals(key)).findFirst();
  }
}
