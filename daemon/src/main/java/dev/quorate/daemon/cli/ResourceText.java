package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The list of resources in `hactl status`.
final class ResourceText {
  private final ClusterState state;
  private final List<String> lines = new ArrayList<>();

  private ResourceText(ClusterState state) {
    this.state = state;
  }

  static List<String> of(ClusterState state, NodeFacts facts, boolean full) {
    ResourceText text = new ResourceText(state);
    for (FenceDeviceDefinition device : state.configuration().fenceDevices()) {
      text.lines.add(
          "  * "
              + device.id()
              + "\t(stonith:"
              + device.agent()
              + "):\t "
              + facts.leader().map(l -> "Started " + l).orElse("Stopped"));
    }
    for (ResourceDefinition resource : state.configuration().resources()) {
      switch (resource.form()) {
        case ResourceDefinition.Form.Primitive() -> text.primitive(resource);
        case ResourceDefinition.Form.Promotable(var cloneId, _, _, _) ->
            text.clone(resource, cloneId.name(), full);
      }
    }
    if (text.lines.isEmpty()) {
      text.lines.add("  * No resources");
    }
    return text.lines;
  }

  private static String named(ResourceDefinition resource) {
    return resource.id() + "\t(" + resource.agent() + "):\t ";
  }

  private void primitive(ResourceDefinition resource) {
    List<String> places = new ArrayList<>();
    for (Map.Entry<NodeId, InstanceStatus> e : Placements.statuses(state, resource).entrySet()) {
      place(resource, e.getKey(), e.getValue()).ifPresent(places::add);
    }
    String where = places.isEmpty() ? "Stopped" : String.join(", ", places);
    lines.add("  * " + named(resource) + where + flags(resource));
  }

  /// Where and how it is, unless it is simply not there.
  private Optional<String> place(ResourceDefinition resource, NodeId node, InstanceStatus status) {
    Optional<String> pending = pending(resource, node);
    if (pending.isPresent()) {
      return Optional.of(pending.get() + " " + node);
    }
    boolean unclean = state.node(node).map(s -> s.unclean()).orElse(false);
    String suffix = unclean ? " " + node + " (UNCLEAN)" : " " + node;
    return switch (status.certainty()) {
      case FAILED -> Optional.of("FAILED" + suffix);
      case BLOCKED -> Optional.of("FAILED" + suffix + " (blocked)");
      case UNKNOWN ->
          status.role().active()
              ? Optional.of(Roles.title(status.role()) + suffix + " (unknown)")
              : Optional.empty();
      case KNOWN ->
          status.role().active()
              ? Optional.of(Roles.title(status.role()) + suffix)
              : Optional.empty();
    };
  }

  private Optional<String> pending(ResourceDefinition resource, NodeId node) {
    return state.intents().values().stream()
        .map(intent -> intent.action())
        .filter(Action.OperationAction.class::isInstance)
        .map(Action.OperationAction.class::cast)
        .filter(a -> a.resource().equals(resource.id()) && a.node().equals(node))
        .filter(a -> a.kind() != OperationKind.MONITOR)
        .map(a ->
            switch (a.kind()) {
              case START -> "Starting";
              case STOP -> "Stopping";
              case PROMOTE -> "Promoting";
              case DEMOTE -> "Demoting";
              case RELOAD -> "Reloading";
              case MONITOR -> "Monitoring";
            })
        .findFirst();
  }

  private String flags(ResourceDefinition resource) {
    List<String> flags = new ArrayList<>();
    state
        .configuration()
        .meta(resource, "target-role")
        .filter(role -> role.equalsIgnoreCase("Stopped"))
        .ifPresent(_ -> flags.add("disabled"));
    boolean unmanaged =
        state.configuration().meta(resource, "is-managed").filter("false"::equals).isPresent()
            || "true".equals(state.configuration().properties().get("maintenance-mode"));
    if (unmanaged) {
      flags.add("unmanaged");
    }
    return flags.isEmpty() ? "" : " (" + String.join(", ", flags) + ")";
  }

  private void clone(ResourceDefinition resource, String cloneId, boolean full) {
    lines.add(
        "  * Clone Set: "
            + cloneId
            + " ["
            + resource.id()
            + "] (promotable)"
            + flags(resource)
            + ":");
    List<String> promoted = new ArrayList<>();
    List<String> unpromoted = new ArrayList<>();
    List<String> stopped = new ArrayList<>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      InstanceStatus status = state.instance(resource.id(), node).orElse(null);
      if (status == null) {
        stopped.add(node.name());
        continue;
      }
      boolean odd =
          full
              || pending(resource, node).isPresent()
              || status.certainty() != InstanceStatus.Certainty.KNOWN
              || state.node(node).map(s -> s.unclean()).orElse(false);
      Optional<String> place = place(resource, node, status);
      if (odd && place.isPresent()) {
        String reason = status.reason().isEmpty() ? "" : " - " + status.reason();
        lines.add("    * " + named(resource) + place.get() + reason);
      } else if (status.role() == Role.PROMOTED) {
        promoted.add(node.name());
      } else if (status.role().active()) {
        unpromoted.add(node.name());
      } else {
        stopped.add(node.name());
      }
    }
    set("Promoted", promoted);
    set("Unpromoted", unpromoted);
    set("Stopped", stopped);
  }

  private void set(String title, List<String> nodes) {
    if (!nodes.isEmpty()) {
      lines.add(String.format(Locale.ROOT, "    * %s: [ %s ]", title, String.join(" ", nodes)));
    }
  }
}
