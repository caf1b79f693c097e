package dev.quorate.resource.cib;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// What was seen of the cluster.
public record CibStatus(List<NodeState> nodes, List<TicketState> tickets) {
  /// Copies the lists.
  public CibStatus {
    nodes = List.copyOf(nodes);
    tickets = List.copyOf(tickets);
  }

  /// What was seen of a node.
  ///
  /// @param name may be empty: not known yet
  /// @param attributes `in_ccm`, `crmd`, `join`, `expected`, `remote_node`, …
  /// @param transientAttributes lost with the node's boot
  /// @param transientUtilization what it can bear until then, over what is configured
  /// @param history of the resources that were ever touched there
  public record NodeState(
      String id,
      String name,
      SortedMap<String, String> attributes,
      List<AttributeBlock> transientAttributes,
      List<AttributeBlock> transientUtilization,
      List<ResourceHistory> history) {
    /// Copies the collections.
    public NodeState {
      attributes = Attributes.copyOf(attributes);
      transientAttributes = List.copyOf(transientAttributes);
      transientUtilization = List.copyOf(transientUtilization);
      history = List.copyOf(history);
    }

    /// An attribute of the element.
    public Optional<String> attribute(String key) {
      return Optional.ofNullable(attributes.get(key));
    }
  }

  /// What was done with a resource on a node.
  ///
  /// @param attributes of the element but for the id: `class`, `provider`, `type`, `container`,
  ///   `shutdown-lock`
  public record ResourceHistory(
      String id, SortedMap<String, String> attributes, List<HistoryEntry> entries) {
    /// Copies the collections.
    public ResourceHistory {
      attributes = Attributes.copyOf(attributes);
      entries = List.copyOf(entries);
    }
  }

  /// The last result of one operation.
  ///
  /// @param operation `monitor`, `start`, …
  /// @param intervalMillis 0 for one that does not recur
  /// @param operationStatus -1 pending, 0 done, 1 cancelled, 2 timed out, 3 not supported, 4 error,
  ///   …
  /// @param exitCode of the agent
  /// @param callId the order of execution; -1 if pending
  /// @param transitionKey `action:transition:expected:uuid`
  /// @param lastChangeSeconds when the exit code changed last, since the epoch; 0 if not known
  /// @param attributes all others: digests, `migrate_source`, `exit-reason`, …
  public record HistoryEntry(
      String id,
      String operation,
      long intervalMillis,
      int operationStatus,
      int exitCode,
      int callId,
      String transitionKey,
      long lastChangeSeconds,
      SortedMap<String, String> attributes) {
    /// Copies the map.
    public HistoryEntry {
      attributes = Attributes.copyOf(attributes);
    }

    /// One of the other attributes; empty if absent.
    public String attribute(String key) {
      return attributes.getOrDefault(key, "");
    }
  }

  /// A ticket.
  ///
  /// @param attributes all of the element but for the id
  public record TicketState(String id, SortedMap<String, String> attributes) {
    /// Copies the map.
    public TicketState {
      attributes = Attributes.copyOf(attributes);
    }
  }
}
