package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.core.rules.AttributeBlocks;
import dev.quorate.resource.core.rules.Lookup;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the working model's nodes: who is there, who is lost, who must be fenced.
final class NodeUnpacking {
  private final Model model;

  NodeUnpacking(Model model) {
    this.model = model;
  }

  /// The configured nodes, before anything is known of them.
  void configured() {
    int index = 0;
    for (CibNode element :
        model.cib.configuration().nodes().stream()
            .sorted(Comparator.comparing(CibNode::name, NodeUnpacking::compareNames))
            .toList()) {
      boolean remote = element.type().equals("remote");
      if (remote) {
        model.refusals.add("node " + element.name() + ": remote nodes are not managed");
      }
      Node node = new Node(index++, element.id(), element.name(), remote, element.score());
      node.unclean = model.options.fencing() && model.options.startupFencing() && !remote;
      model.nodes.add(node);
      model.nodesByName.put(node.name, node);
      model.nodesById.put(node.id, node);
    }
    String dc = model.cib.attribute("dc-uuid").orElse("");
    for (CibNode element : model.cib.configuration().nodes()) {
      Node node = model.nodesByName.get(element.name());
      if (node == null) {
        continue;
      }
      node.dc = node.id.equals(dc);
      attributes(element, node);
    }
  }

  private void attributes(CibNode element, Node node) {
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("#uname", node.name);
    attributes.put("#id", node.id);
    attributes.put("#kind", node.remote ? "remote" : "cluster");
    attributes.put("#is_dc", Boolean.toString(node.dc));
    String cluster = model.options.values().get("cluster-name");
    if (cluster != null) {
      attributes.put("#cluster-name", cluster);
    }
    AttributeBlocks.fill(
        attributes,
        element.attributes(),
        model.time.onNode(Lookup.in(attributes)),
        model.nextChange,
        null);
    String site = attributes.get("site-name");
    if (site != null || cluster != null) {
      attributes.put("#site-name", site != null ? site : cluster == null ? "" : cluster);
    }
    node.attributes = attributes;
    capacity(node, element.utilization());
  }

  private void capacity(Node node, List<AttributeBlock> blocks) {
    SortedMap<String, String> capacity = new TreeMap<>();
    AttributeBlocks.fill(capacity, blocks, model.time, model.nextChange, null);
    capacity.forEach((name, value) -> node.capacity.put(name, ClusterOptions.score(value, 0)));
  }

  /// Names with numbers in them, in the order of the numbers; the case of letters does not count.
  static int compareNames(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (Character.isDigit(a.charAt(i)) && Character.isDigit(b.charAt(j))) {
        int endA = digits(a, i);
        int endB = digits(b, j);
        int difference =
            new java.math.BigInteger(a.substring(i, endA))
                .compareTo(new java.math.BigInteger(b.substring(j, endB)));
        if (difference != 0) {
          return difference;
        }
        i = endA;
        j = endB;
      } else {
        int difference =
            Character.compare(
                Character.toLowerCase(a.charAt(i)), Character.toLowerCase(b.charAt(j)));
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
    }
    return Integer.compare(a.length() - i, b.length() - j);
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  @Nullable Node find(NodeState state) {
    Node node = model.nodesById.get(state.id());
    return node != null ? node : model.nodesByName.get(state.name());
  }

  /// What the status says of each node.
  void seen() {
    for (NodeState state : model.cib.status().nodes()) {
      Node node = find(state);
      if (node == null) {
        model.warnings.add("node_state of " + state.name() + ": no such node is configured");
        continue;
      }
      if (node.remote) {
        continue;
      }
      node.seen = true;
      node.unclean = false;
      node.attributes.putAll(
          AttributeBlocks.resolve(
              state.transientAttributes(),
              model.time.onNode(node::attribute),
              model.nextChange,
              null));
      capacity(node, state.transientUtilization());
      node.standby = flag(node.attributes.get("standby"));
      node.maintenance = flag(node.attributes.get("maintenance"));
      String shutdown = node.attributes.get("shutdown");
      node.shutdown = shutdown != null && !shutdown.equals("0");
      node.online = model.options.fencing() ? withFencing(node, state) : without(node, state);
      if (!model.quorate
          && node.online
          && model.options.withoutQuorum() == ClusterOptions.WithoutQuorum.FENCE) {
        node.fence("the cluster has no quorum", false);
      }
    }
  }

  static boolean flag(@Nullable String text) {
    return text != null && ClusterOptions.truth(text);
  }

  /// Since when something holds: 0 if it does not, 1 if it does and nobody knows since when; -1 if
  /// nothing is said.
  private static long since(@Nullable String text, String yes) {
    if (text == null) {
      return -1;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.equals(yes)) {
      return 1;
    }
    if (!lower.isEmpty() && lower.chars().allMatch(Character::isDigit) && lower.length() < 18) {
      return Long.parseLong(lower);
    }
    return 0;
  }

  private boolean without(Node node, NodeState state) {
    boolean member = since(state.attributes().get("in_ccm"), "true") > 0;
    boolean daemon = since(state.attributes().get("crmd"), "online") > 0;
    String join = state.attributes().getOrDefault("join", "");
    if (!member) {
      return false;
    }
    if (daemon) {
      return join.equals("member");
    }
    if (!node.shutdown && state.attributes().getOrDefault("expected", "").equals("member")) {
      node.fence("its controller is gone unexpectedly", false);
    }
    return false;
  }

  private boolean withFencing(Node node, NodeState state) {
    long member = since(state.attributes().get("in_ccm"), "true");
    long daemon = since(state.attributes().get("crmd"), "online");
    String join = state.attributes().getOrDefault("join", "down");
    boolean expected = state.attributes().getOrDefault("expected", "down").equals("member");
    if (node.shutdown) {
      return daemon > 0;
    }
    if (member < 0) {
      node.fence("it has not been seen by the cluster", false);
    } else if (join.equals("banned")) {
      node.fence("it failed the criteria of membership", false);
    } else if (terminate(node)) {
      if (member > 0 || daemon > 0 || !join.equals("down")) {
        node.fence("fencing was asked for", false);
      }
    } else if (!expected) {
      if (pendingTooLong(member, daemon)) {
        node.fence("it has been pending for too long", false);
      } else if (member > 0 || daemon > 0) {
        node.pending = true;
        node.standby = true;
      }
    } else if (member == 0) {
      node.fence("it is no longer part of the cluster", true);
    } else if (daemon <= 0) {
      node.fence("its controller is gone", false);
    } else if (join.equals("pending") || join.equals("down")) {
      node.pending = true;
      node.standby = true;
    } else if (!join.equals("member")) {
      node.fence("its state is unknown", false);
    }
    return member > 0;
  }

  private static boolean terminate(Node node) {
    String terminate = node.attributes.get("terminate");
    if (terminate == null) {
      return false;
    }
    return flag(terminate)
        || (!terminate.isEmpty()
            && !terminate.equals("0")
            && terminate.chars().allMatch(Character::isDigit));
  }

  private boolean pendingTooLong(long member, long daemon) {
    long timeout = model.options.pendingTimeoutMillis();
    if (timeout <= 0 || member <= 1 || daemon > 0) {
      return false;
    }
    Instant limit = Instant.ofEpochSecond(member).plusMillis(timeout);
    if (model.now.isBefore(limit)) {
      model.nextChange.offer(limit);
      return false;
    }
    return true;
  }
}
