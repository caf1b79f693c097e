package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The ring that this node comes from, while a new one forms: its view, its messages, and what is
/// still to be given to others who come from there.
///
/// Invariant: while it is frozen, messages enter only by way of the new ring, so that everyone who
/// comes from here ends with the same set.
final class OldRing implements Source {
  private final View view;
  private final ReceiveWindow window;
  private final Assembly assembly;
  private final TreeMap<Long, MulticastMessage.Content.Recovered> toGive = new TreeMap<>();
  private List<NodeId> companions = List.of();

  OldRing(View view, ReceiveWindow window, Assembly assembly) {
    this.assembly = assembly;
    this.view = view;
    this.window = window;
  }

  View view() {
    return view;
  }

  ReceiveWindow window() {
    return window;
  }

  CommitToken.Origin origin() {
    return new CommitToken.Origin(view.id(), window.aru(), window.high());
  }

  /// Learns who else comes from here, and thus what has to be given.
  void prepare(CommitToken token) {
    toGive.clear();
    var low = Long.MAX_VALUE;
    var together = new ArrayList<NodeId>();
    for (var entry : token.entries()) {
      if (entry.origin().isPresent() && entry.origin().get().ring().equals(view.id())) {
        together.add(entry.member().node());
        low = Math.min(low, entry.origin().get().aru());
      }
    }
    companions = List.copyOf(together);
    if (companions.size() < 2) {
      return;
    }
    for (var message : window.beyond(low)) {
      if (message.content() instanceof MulticastMessage.Content.Fresh fresh) {
        toGive.put(
            message.sequence(),
            new MulticastMessage.Content.Recovered(
                view.id(), message.sequence(), message.sender(), fresh));
      }
    }
  }

  /// This node goes on alone.
  void prepareAlone(NodeId self) {
    toGive.clear();
    companions = List.of(self);
  }

  /// The next message to give, unless someone has given it meanwhile.
  @Override
  public Optional<MulticastMessage.Content> next() {
    var first = toGive.pollFirstEntry();
    return first == null ? Optional.empty() : Optional.of(first.getValue());
  }

  @Override
  public int backlog() {
    return toGive.size();
  }

  boolean hasGivenAll() {
    return toGive.isEmpty();
  }

  /// Takes a message that someone gives.
  void take(MulticastMessage.Content.Recovered given) {
    if (given.ring().equals(view.id())) {
      toGive.remove(given.sequence());
      window.add(
          new MulticastMessage(given.ring(), given.sequence(), given.sender(), given.original()));
    }
  }

  /// Takes a message that was still under way when the ring broke.
  void receiveLate(MulticastMessage message, FlowControl flow) {
    if (message.ring().equals(view.id()) && !flow.isImplausible(message.sequence(), window.aru())) {
      window.add(message);
    }
  }

  /// Delivers what has no gap before it.
  void deliver(List<RingEffect> out) {
    assembly.deliver(view.id(), window.takeDeliverable(), out);
  }

  /// Delivers what is left when the ring ends: beyond a gap only the messages of companions, since
  /// those of others may depend on what is lost.
  void deliverLast(List<RingEffect> out) {
    deliver(out);
    var last = new ArrayList<>(window.takeRemaining());
    last.removeIf(message -> !companions.contains(message.sender()));
    assembly.deliver(view.id(), last, out);
    assembly.clear();
  }
}
