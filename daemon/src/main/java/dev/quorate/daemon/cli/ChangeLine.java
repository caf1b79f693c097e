package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Durations;
import dev.quorate.fencing.SecretParameters;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One change of the configuration in one line. Secrets are masked.
final class ChangeLine {
  private ChangeLine() {}

  /// What the change does to a configuration.
  static String of(ConfigurationChange change, ClusterConfiguration before) {
    return switch (change) {
      case ConfigurationChange.PutNode(var node) -> "node " + node.id() + ": put";
      case ConfigurationChange.RemoveNode(var node) -> "node " + node + ": removed";
      case ConfigurationChange.SetNodeAttribute(var node, var name, var value) ->
          "node %s: %s".formatted(node, setting(name, attribute(before, node, name), value));
      case ConfigurationChange.SetNodeUtilization(var node, var name, var value) ->
          "node %s: utilization %s"
              .formatted(node, value.isEmpty() ? name + ": removed" : name + "=" + value);
      case ConfigurationChange.SetUtilization(var resource, var name, var value) ->
          "resource %s: utilization %s"
              .formatted(resource, value.isEmpty() ? name + ": removed" : name + "=" + value);
      case ConfigurationChange.SetProperty(var name, var value) ->
          "property " + setting(name, before.properties().get(name), value);
      case ConfigurationChange.SetResourceDefault(var name, var value) ->
          "resource default " + setting(name, before.resourceDefaults().get(name), value);
      case ConfigurationChange.CreateResource(var r) ->
          "resource %s (%s): created".formatted(r.publicId(), r.agent());
      case ConfigurationChange.ReplaceResource(var r) -> resource(before, r);
      case ConfigurationChange.DeleteResource(var r) -> "resource " + r + ": deleted";
      case ConfigurationChange.PutGroup(var g) -> group(before, g);
      case ConfigurationChange.RemoveGroup(var g) -> "group " + g + ": removed, its members stay";
      case ConfigurationChange.SetMeta(var r, var meta) -> "resource " + r + ": meta " + meta;
      case ConfigurationChange.PutConstraint(var c) ->
          "constraint %s: %s"
              .formatted(
                  text(c),
                  before.constraints().stream().anyMatch(p -> p.id().equals(c.id()))
                      ? "changed"
                      : "created");
      case ConfigurationChange.RemoveConstraint(var id) -> "constraint " + id + ": deleted";
      case ConfigurationChange.PutFenceDevice(var d) -> device(before, d);
      case ConfigurationChange.RemoveFenceDevice(var id) -> "fence device " + id + ": deleted";
    };
  }

  private static @Nullable String attribute(ClusterConfiguration before, NodeId node, String name) {
    NodeDefinition definition = before.nodes().get(node);
    return definition == null ? null : definition.attributes().get(name);
  }

  private static String setting(String name, @Nullable String before, String after) {
    if (after.isEmpty()) {
      return name + ": removed (was " + before + ")";
    }
    return name + "=" + after + (before == null ? "" : " (was " + before + ")");
  }

  private static String text(Constraint constraint) {
    return switch (constraint) {
      case Constraint.Written(var element) ->
          "%s (%s)".formatted(element.id(), ConstraintText.summary(element));
      case Constraint.Location c ->
          "%s (%s on %s, %s)".formatted(c.id(), c.resource(), c.node(), c.score());
      case Constraint.Colocation c ->
          "%s (%s with %s, %s)".formatted(c.id(), c.resource(), c.with(), c.score());
      case Constraint.Ordering c ->
          "%s (%s %s, then %s %s)"
              .formatted(
                  c.id(),
                  c.firstAction().name().toLowerCase(Locale.ROOT),
                  c.first(),
                  c.thenAction().name().toLowerCase(Locale.ROOT),
                  c.then());
    };
  }

  private static String resource(ClusterConfiguration before, ResourceDefinition now) {
    Optional<ResourceDefinition> found =
        before.resources().stream().filter(r -> r.id().equals(now.id())).findFirst();
    if (found.isEmpty()) {
      return "resource " + now.publicId() + ": changed";
    }
    ResourceDefinition was = found.get();
    List<String> parts = new ArrayList<>();
    if (!was.agent().equals(now.agent())) {
      parts.add("agent " + now.agent() + " (was " + was.agent() + ")");
    }
    form(was.form(), now.form(), now.publicId()).ifPresent(parts::add);
    parts.addAll(differences("", was.parameters(), now.parameters()));
    parts.addAll(differences("meta ", meta(was), meta(now)));
    parts.addAll(differences("utilization ", was.utilization(), now.utilization()));
    parts.addAll(operations(was, now));
    return "resource " + was.publicId() + ": " + String.join(", ", parts);
  }

  private static SortedMap<String, String> meta(ResourceDefinition resource) {
    SortedMap<String, String> meta = new TreeMap<>(resource.meta());
    meta.putAll(meta(resource.form()));
    return meta;
  }

  private static SortedMap<String, String> meta(Form form) {
    SortedMap<String, String> meta = new TreeMap<>(form.meta());
    int most =
        switch (form) {
          case Form.Primitive() -> 0;
          case Form.Clone(_, var max, _) -> max;
          case Form.Promotable(_, var max, var promoted, _) -> {
            meta.put("promoted-max", Integer.toString(promoted));
            yield max;
          }
        };
    if (most > 0) {
      meta.put("clone-max", Integer.toString(most));
    }
    return meta;
  }

  private static Optional<String> form(Form was, Form now, ResourceId publicId) {
    if (was.getClass() == now.getClass() && was.publicId(publicId).equals(publicId)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (now) {
          case Form.Primitive() -> "no clone any more";
          case Form.Clone _ -> "cloned as " + publicId;
          case Form.Promotable _ -> "promotable as " + publicId;
        });
  }

  private static String group(ClusterConfiguration before, GroupDefinition now) {
    String members = members(now);
    Optional<GroupDefinition> found =
        before.groups().stream().filter(g -> g.id().equals(now.id())).findFirst();
    if (found.isEmpty()) {
      return "group %s (%s): created".formatted(now.publicId(), members);
    }
    GroupDefinition was = found.get();
    List<String> parts = new ArrayList<>();
    if (!was.members().equals(now.members())) {
      parts.add("members " + members + " (were " + members(was) + ")");
    }
    form(was.form(), now.form(), now.publicId()).ifPresent(parts::add);
    parts.addAll(differences("meta ", was.meta(), now.meta()));
    parts.addAll(differences("meta ", meta(was.form()), meta(now.form())));
    return "group " + was.publicId() + ": " + String.join(", ", parts);
  }

  private static String members(GroupDefinition group) {
    return String.join(", ", group.members().stream().map(ResourceId::name).toList());
  }

  private static List<String> operations(ResourceDefinition was, ResourceDefinition now) {
    List<String> parts = new ArrayList<>();
    was.operations().stream()
        .filter(o -> !now.operations().contains(o))
        .forEach(o -> parts.add("without " + operation(o)));
    now.operations().stream()
        .filter(o -> !was.operations().contains(o))
        .forEach(o -> parts.add("with " + operation(o)));
    return parts;
  }

  private static String operation(OperationDefinition operation) {
    return "op %s interval=%s timeout=%s%s on-fail=%s"
        .formatted(
            operation.kind().name().toLowerCase(Locale.ROOT),
            Durations.text(operation.interval()),
            Durations.text(operation.timeout()),
            operation.role() == dev.quorate.resource.Role.STARTED
                ? ""
                : " role=" + Roles.title(operation.role()),
            operation.onFail().name().toLowerCase(Locale.ROOT));
  }

  private static String device(ClusterConfiguration before, FenceDeviceDefinition now) {
    return before.fenceDevices().stream()
        .filter(d -> d.id().equals(now.id()))
        .findFirst()
        .map(was ->
            "fence device %s: %s"
                .formatted(
                    now.id(),
                    was.agent().equals(now.agent())
                        ? String.join(", ", differences("", was.parameters(), now.parameters()))
                        : "agent " + now.agent() + " (was " + was.agent() + ")"))
        .orElse("fence device %s (%s): created".formatted(now.id(), now.agent()));
  }

  private static List<String> differences(
      String prefix, SortedMap<String, String> before, SortedMap<String, String> after) {
    List<String> parts = new ArrayList<>();
    SortedSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      String was = before.get(name);
      String now = after.getOrDefault(name, "");
      if (!now.equals(was == null ? "" : was)) {
        parts.add(
            prefix
                + (SecretParameters.isSecret(name)
                    ? name + " (not shown)"
                    : setting(name, was, now)));
      }
    }
    return parts;
  }
}
