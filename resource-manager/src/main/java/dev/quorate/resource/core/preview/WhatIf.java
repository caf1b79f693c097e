package dev.quorate.resource.core.preview;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Suppositions: edits of a document that make it say what would be seen if something happened.
public final class WhatIf {
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private WhatIf() {}

  /// The cluster has quorum, or has not.
  public static Cib quorum(Cib cib, boolean has) {
    SortedMap<String, String> attributes = new TreeMap<>(cib.attributes());
    attributes.put("have-quorum", has ? "1" : "0");
    return new Cib(attributes, cib.configuration(), cib.status());
  }

  /// The names of the nodes that can fail.
  public static List<String> nodes(Cib cib) {
    return cib.configuration().nodes().stream()
        .filter(n -> !n.type().equals("remote"))
        .map(CibNode::name)
        .toList();
  }

  /// A node is gone, and nobody had asked it to go.
  ///
  /// @param name one of [#nodes(Cib)]
  public static Cib nodeFails(Cib cib, String name) {
    String id =
        cib.configuration().nodes().stream()
            .filter(n -> n.name().equals(name))
            .map(CibNode::id)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no node " + name));
    boolean known = cib.status().nodes().stream().anyMatch(s -> isOf(s, id, name));
    List<NodeState> states = new ArrayList<>(cib.status().nodes());
    if (!known) {
      states.add(new NodeState(id, name, new TreeMap<>(), List.of(), List.of(), List.of()));
    }
    states.replaceAll(s -> isOf(s, id, name) ? lost(s) : s);
    return with(cib, states);
  }

  private static boolean isOf(NodeState state, String id, String name) {
    return state.id().equals(id) || state.name().equals(name);
  }

  private static NodeState lost(NodeState state) {
    SortedMap<String, String> attributes = new TreeMap<>(state.attributes());
    attributes.put("in_ccm", "false");
    attributes.put("crmd", "offline");
    attributes.put("join", "down");
    attributes.put("expected", "member");
    return new NodeState(
        state.id(),
        state.name(),
        attributes,
        state.transientAttributes(),
        state.transientUtilization(),
        state.history());
  }

  /// The monitor of a resource fails on a node where something was done with it before.
  ///
  /// @param resource a primitive's id, that of one instance with its number
  /// @param role that it has there: `Promoted` or another
  /// @return empty if nothing is on record of the resource on that node
  public static Optional<Cib> resourceFails(
      Cib cib, String resource, String node, String role, Instant now) {
    String plain = resource.replaceFirst(":[0-9]+$", "");
    Optional<NodeState> state =
        cib.status().nodes().stream().filter(s -> s.name().equals(node)).findFirst();
    Optional<ResourceHistory> history =
        state.flatMap(s ->
            s.history().stream()
                .filter(h ->
                    h.id().equals(resource) || h.id().replaceFirst(":[0-9]+$", "").equals(plain))
                .findFirst());
    if (state.isEmpty() || history.isEmpty()) {
      return Optional.empty();
    }
    Optional<HistoryEntry> monitor =
        history.get().entries().stream()
            .filter(e -> e.operation().equals("monitor") && e.intervalMillis() > 0)
            .max(Comparator.comparingInt(HistoryEntry::callId));
    HistoryEntry like = monitor.orElseGet(() -> oneOff(history.get(), role));
    NodeState failed =
        new NodeState(
            state.get().id(),
            node,
            state.get().attributes(),
            counted(state.get(), plain + "#monitor_" + like.intervalMillis(), now),
            state.get().transientUtilization(),
            replace(state.get().history(), history.get(), h -> failed(h, like, now)));
    return Optional.of(with(cib, replace(cib.status().nodes(), state.get(), _ -> failed)));
  }

  /// A monitor that does not recur, with the digests of what started the resource.
  private static HistoryEntry oneOff(ResourceHistory history, String role) {
    SortedMap<String, String> digests =
        history.entries().stream()
            .filter(e -> !e.attribute("op-digest").isEmpty())
            .max(Comparator.comparingInt(HistoryEntry::callId))
            .map(HistoryEntry::attributes)
            .orElseGet(TreeMap::new);
    String key = "1:1:" + (role.equals("Promoted") ? 8 : 0) + ":" + NOBODY;
    return new HistoryEntry(history.id() + "_monitor_0", "monitor", 0, 0, 0, 0, key, 0, digests);
  }

  private static ResourceHistory failed(ResourceHistory history, HistoryEntry like, Instant now) {
    List<HistoryEntry> entries = new ArrayList<>(history.entries());
    int call = entries.stream().mapToInt(HistoryEntry::callId).max().orElse(0) + 1;
    String failure = history.id() + "_last_failure_0";
    entries.removeIf(e -> e.id().equals(failure) || e.id().equals(like.id()));
    for (String id : like.intervalMillis() > 0 ? List.of(failure, like.id()) : List.of(failure)) {
      entries.add(
          new HistoryEntry(
              id,
              "monitor",
              like.intervalMillis(),
              0,
              1,
              call,
              like.transitionKey(),
              now.getEpochSecond(),
              like.attributes()));
    }
    return new ResourceHistory(history.id(), history.attributes(), entries);
  }

  /// The transient attributes with one failure more.
  private static List<AttributeBlock> counted(NodeState state, String what, Instant now) {
    String count = "fail-count-" + what;
    int before =
        state.transientAttributes().stream()
            .flatMap(b -> b.entries().stream())
            .filter(e -> e.name().equals(count))
            .map(e -> e.value().matches("[0-9]{1,8}") ? Integer.parseInt(e.value()) : 0)
            .findFirst()
            .orElse(0);
    List<AttributeBlock.Entry> added =
        List.of(
            new AttributeBlock.Entry("", count, Integer.toString(before + 1)),
            new AttributeBlock.Entry(
                "", "last-failure-" + what, Long.toString(now.getEpochSecond())));
    List<String> names = added.stream().map(AttributeBlock.Entry::name).toList();
    List<AttributeBlock> blocks = new ArrayList<>();
    for (AttributeBlock block : state.transientAttributes()) {
      List<AttributeBlock.Entry> kept = new ArrayList<>(block.entries());
      kept.removeIf(e -> names.contains(e.name()));
      blocks.add(
          new AttributeBlock(block.id(), block.reference(), block.score(), block.rule(), kept));
    }
    blocks.add(new AttributeBlock("supposed-" + state.id() + "-" + what, added));
    return blocks;
  }

  private static Cib with(Cib cib, List<NodeState> states) {
    return new Cib(
        cib.attributes(), cib.configuration(), new CibStatus(states, cib.status().tickets()));
  }

  private static <T> List<T> replace(List<T> all, T old, UnaryOperator<T> change) {
    List<T> changed = new ArrayList<>(all);
    changed.replaceAll(each -> each.equals(old) ? change.apply(each) : each);
    return changed;
  }
}
