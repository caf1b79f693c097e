package dev.quorate.membership.core.evidence;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.evidence.EvidenceMessage.Changed;
import dev.quorate.membership.core.evidence.EvidenceMessage.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Short-lived facts about the nodes of a view: transient attributes, positions in the write-ahead
/// log. Evidence, never the truth.
///
/// Picture a board in each of several rooms, on which everyone writes what one voice reads out. Who
/// enters later has an empty board, and those who come from elsewhere another: so whenever the
/// company changes, each reads out what stands about itself, and the others replace what they had,
/// except for what was read out since.
///
/// Invariants, for members of a view that have heard the same messages:
/// - boards that are complete are equal
/// - nothing is known about nodes outside the view
/// - a complete board has at most [EvidenceMessage#MAX_FACTS] facts about a node
public final class EvidenceBoard {
  private final NodeId self;
  private final TreeMap<NodeId, TreeMap<String, String>> facts = new TreeMap<>();
  private final TreeMap<NodeId, TreeSet<String>> changed = new TreeMap<>();
  private final TreeSet<NodeId> awaited = new TreeSet<>();
  private @Nullable View view;

  /// An empty board of a node.
  public EvidenceBoard(NodeId self) {
    this.self = self;
  }

  /// The message that changes a fact; it counts when it is delivered.
  ///
  /// @param value empty if the fact is gone
  /// @throws IllegalArgumentException if name or value is too long
  public static Payload change(NodeId subject, String name, Optional<String> value) {
    if (name.isEmpty()
        || size(name) > EvidenceMessage.MAX_NAME
        || value.map(EvidenceBoard::size).orElse(0) > EvidenceMessage.MAX_VALUE) {
      throw new IllegalArgumentException("name or value of fact '" + name + "' is too long");
    }
    return EvidenceMessage.encode(new Changed(subject, name, value));
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// A view was installed.
  ///
  /// @return what this node has to say to the ring now; again, if the ring refuses it
  public Payload installed(View installed) {
    view = installed;
    facts.keySet().retainAll(installed.nodes());
    changed.clear();
    awaited.clear();
    awaited.addAll(installed.nodes());
    var own = facts.computeIfAbsent(self, _ -> new TreeMap<>());
    return EvidenceMessage.encode(new Snapshot(installed.id(), own));
  }

  /// A message was delivered; what is no evidence is ignored.
  public void delivered(NodeId sender, Payload payload) {
    EvidenceMessage.decode(payload)
        .ifPresent(message -> {
          switch (message) {
            case Changed(var subject, var name, var value) ->
                change(subject, name, value.orElse(null));
            case Snapshot snapshot -> replace(sender, snapshot);
          }
        });
  }

  private void change(NodeId subject, String name, @Nullable String value) {
    if (view == null || !view.contains(subject)) {
      return;
    }
    var known = facts.computeIfAbsent(subject, _ -> new TreeMap<>());
    var later = changed.computeIfAbsent(subject, _ -> new TreeSet<>());
    // Until the subject has spoken, boards differ, and only what was heard in this view is alike.
    var held = awaited.contains(subject) ? later : known.keySet();
    if (value != null && !held.contains(name) && held.size() >= EvidenceMessage.MAX_FACTS) {
      return;
    }
    later.add(name);
    if (value == null) {
      known.remove(name);
    } else {
      known.put(name, value);
    }
  }

  private void replace(NodeId sender, Snapshot snapshot) {
    if (view == null || !snapshot.view().equals(view.id()) || !awaited.remove(sender)) {
      return;
    }
    var later = changed.getOrDefault(sender, new TreeSet<>());
    var known = facts.computeIfAbsent(sender, _ -> new TreeMap<>());
    known.keySet().retainAll(later);
    snapshot
        .facts()
        .forEach((name, value) -> {
          if (!later.contains(name)) {
            known.put(name, value);
          }
        });
    while (known.size() > EvidenceMessage.MAX_FACTS) {
      known.pollLastEntry();
    }
  }

  /// Whether every member of the view has said what stands about it.
  public boolean isComplete() {
    return view != null && awaited.isEmpty();
  }

  /// What is known about the nodes of the view.
  public SortedMap<NodeId, SortedMap<String, String>> facts() {
    var all = new TreeMap<NodeId, SortedMap<String, String>>();
    facts.forEach((node, known) -> {
      if (!known.isEmpty()) {
        all.put(node, Collections.unmodifiableSortedMap(new TreeMap<>(known)));
      }
    });
    return Collections.unmodifiableSortedMap(all);
  }
}
