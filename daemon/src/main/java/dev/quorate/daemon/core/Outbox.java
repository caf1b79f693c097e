package dev.quorate.daemon.core;

import dev.quorate.resource.ClusterCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What this node has proposed and nobody has answered for.
///
/// A *durable* proposal is proposed again, under the same ticket, until it is committed; any other
/// is forgotten when it fails, because the state will call for it again. A proposal's key names
/// what it is about: a newer one of the same key takes the place of the older.
final class Outbox {
  private record Pending(String key, ClusterCommand command, boolean durable, boolean unsettled) {}

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
    pending.put(ticket, new Pending(key, command, durable, false));
    return List.of(new NodeEffect.Propose(ticket, command));
  }

  /// Whether something is pending under the key.
  boolean isPending(String key) {
    return find(key).isPresent();
  }

  /// The key that the ticket was proposed under, which is now settled.
  Optional<String> committed(long ticket) {
    Pending settled = pending.remove(ticket);
    return settled == null ? Optional.empty() : Optional.of(settled.key());
  }

  /// The proposal failed; whether it waits to be proposed again.
  boolean unsettled(long ticket) {
    Pending failed = pending.get(ticket);
    if (failed == null) {
      return false;
    }
    if (!failed.durable()) {
      pending.remove(ticket);
      return false;
    }
    pending.put(ticket, new Pending(failed.key(), failed.command(), true, true));
    return true;
  }

  /// Proposes everything again that is known to be unsettled.
  List<NodeEffect> resend() {
    List<NodeEffect> effects = new ArrayList<>();
    for (Map.Entry<Long, Pending> entry : pending.entrySet()) {
      Pending p = entry.getValue();
      if (p.unsettled()) {
        entry.setValue(new Pending(p.key(), p.command(), p.durable(), false));
        effects.add(new NodeEffect.Propose(entry.getKey(), p.command()));
      }
    }
    return effects;
  }

  /// Forgets what is pending under the key.
  void forget(String key) {
    pending.values().removeIf(p -> p.key().equals(key));
  }

  private Optional<Map.Entry<Long, Pending>> find(String key) {
    return pending.entrySet().stream().filter(e -> e.getValue().key().equals(key)).findFirst();
  }
}
