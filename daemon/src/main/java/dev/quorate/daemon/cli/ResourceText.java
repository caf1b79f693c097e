package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

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
    text.resources(full);
    if (text.lines.isEmpty()) {
      text.lines.add("  * No resources");
    }
    return text.lines;
  }

  private void resources(boolean full) {
    ClusterConfiguration configuration = state.configuration();
    TreeSet<ResourceId> grouped = new TreeSet<>();
    for (ResourceDefinition resource : configuration.resources()) {
      Optional<GroupDefinition> group = configuration.groupOf(resource.id());
      if (group.isPresent()) {
        if (grouped.add(group.get().id())) {
          group(group.get(), full);
        }
        continue;
      }
      switch (resource.form()) {
        case ResourceDefinition.Form.Primitive() -> primitive("  * ", resource);
        case ResourceDefinition.Form.Clone(var clone, _, _) ->
            clone(clone + " [" + resource.id() + "]", List.of(resource), full);
        case ResourceDefinition.Form.Promotable(var clone, _, _, _) ->
            clone(clone + " [" + resource.id() + "] (promotable)", List.of(resource), full);
      }
    }
  }

  private void group(GroupDefinition group, boolean full) {
    List<ResourceDefinition> members = state.configuration().named(group.id());
    if (group.form().cloned()) {
      clone(group.publicId() + " [" + group.id() + "]", members, full);
    } else {
      lines.add(
          "  * Resource Group: " + group.id() + flags(group.metaAttribute("target-role")) + ":");
      members.forEach(m -> primitive("    * ", m));
    }
  }

  private static String flags(Optional<String> targetRole) {
    return targetRole.filter(r -> r.equalsIgnoreCase("Stopped")).map(_ -> " (disabled)").orElse("");
  }

  private static String named(ResourceDefinition resource) {
    return resource.id() + "\t(" + resource.agent() + "):\t ";
  }

  private void primitive(String bullet, ResourceDefinition resource) {
    List<String> places = new ArrayList<>();
    for (Map.Entry<NodeId, InstanceStatus> e : Placements.statuses(state, resource).entrySet()) {
      place(resource, e.getKey(), e.getValue()).ifPresent(places::add);
    }
    String where = places.isEmpty() ? "Stopped" : String.join(", ", places);
    lines.add(bullet + named(resource) + where + flags(resource));
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

  private void clone(String title, List<ResourceDefinition> parts, boolean full) {
    lines.add("  * Clone Set: " + title + flags(parts.getFirst()) + ":");
    List<String> promoted = new ArrayList<>();
    List<String> unpromoted = new ArrayList<>();
    List<String> started = new ArrayList<>();
    List<String> stopped = new ArrayList<>();
    for (NodeId node : state.configuration().nodes().keySet()) {
      List<String> odd = odd(parts, node, full);
      if (!odd.isEmpty()) {
        lines.addAll(odd);
        continue;
      }
      Role role =
          state
              .instance(parts.getFirst().id(), node)
              .map(InstanceStatus::role)
              .orElse(Role.STOPPED);
      (switch (role) {
            case PROMOTED -> promoted;
            case UNPROMOTED -> unpromoted;
            case STARTED -> started;
            case STOPPED -> stopped;
          })
          .add(node.name());
    }
    set("Promoted", promoted);
    set("Unpromoted", unpromoted);
    set("Started", started);
    set("Stopped", stopped);
  }

  /// A line for each part that is not what all of an instance are, or for all where they differ.
  private List<String> odd(List<ResourceDefinition> parts, NodeId node, boolean full) {
    List<String> odd = new ArrayList<>();
    List<String> all = new ArrayList<>();
    TreeSet<Role> roles = new TreeSet<>();
    for (ResourceDefinition part : parts) {
      InstanceStatus status = state.instance(part.id(), node).orElse(null);
      roles.add(status == null ? Role.STOPPED : status.role());
      Optional<String> place = status == null ? Optional.empty() : place(part, node, status);
      if (status == null || place.isEmpty()) {
        continue;
      }
      String reason = status.reason().isEmpty() ? "" : " - " + status.reason();
      String line = "    * " + named(part) + place.get() + reason;
      all.add(line);
      if (full
          || pending(part, node).isPresent()
          || status.certainty() != InstanceStatus.Certainty.KNOWN
          || state.node(node).map(s -> s.unclean()).orElse(false)) {
        odd.add(line);
      }
    }
    return roles.size() > 1 ? all : odd;
  }

  private void set(String title, List<String> nodes) {
    if (!nodes.isEmpty()) {
      lines.add(String.format(Locale.ROOT, "    * %s: [ %s ]", title, String.join(" ", nodes)));
    }
  }
}
