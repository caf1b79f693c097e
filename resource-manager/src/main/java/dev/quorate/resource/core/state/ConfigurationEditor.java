package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ConfigurationChange.CreateResource;
import dev.quorate.resource.ConfigurationChange.DeleteResource;
import dev.quorate.resource.ConfigurationChange.PutConstraint;
import dev.quorate.resource.ConfigurationChange.PutFenceDevice;
import dev.quorate.resource.ConfigurationChange.PutGroup;
import dev.quorate.resource.ConfigurationChange.PutNode;
import dev.quorate.resource.ConfigurationChange.RemoveConstraint;
import dev.quorate.resource.ConfigurationChange.RemoveFenceDevice;
import dev.quorate.resource.ConfigurationChange.RemoveGroup;
import dev.quorate.resource.ConfigurationChange.RemoveNode;
import dev.quorate.resource.ConfigurationChange.ReplaceResource;
import dev.quorate.resource.ConfigurationChange.SetMeta;
import dev.quorate.resource.ConfigurationChange.SetNodeAttribute;
import dev.quorate.resource.ConfigurationChange.SetNodeUtilization;
import dev.quorate.resource.ConfigurationChange.SetProperty;
import dev.quorate.resource.ConfigurationChange.SetResourceDefault;
import dev.quorate.resource.ConfigurationChange.SetUtilization;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A configuration while changes are made to it. Goes on after a problem, to find them all; the
/// result is used only if there was none.
final class ConfigurationEditor {
  private final ClusterConfiguration before;
  private final SortedMap<NodeId, NodeDefinition> nodes;
  private final SortedMap<String, String> properties;
  private final SortedMap<String, String> resourceDefaults;
  private final List<ResourceDefinition> resources;
  private final List<GroupDefinition> groups;
  private final List<Constraint> constraints;
  private final List<FenceDeviceDefinition> fenceDevices;
  private final ConfigurationProblems problems = new ConfigurationProblems();

  ConfigurationEditor(ClusterConfiguration before) {
    this.before = before;
    this.nodes = new TreeMap<>(before.nodes());
    this.properties = new TreeMap<>(before.properties());
    this.resourceDefaults = new TreeMap<>(before.resourceDefaults());
    this.resources = new ArrayList<>(before.resources());
    this.groups = new ArrayList<>(before.groups());
    this.constraints = new ArrayList<>(before.constraints());
    this.fenceDevices = new ArrayList<>(before.fenceDevices());
  }

  /// Everything wrong with the changes themselves.
  ConfigurationProblems faults() {
    return problems;
  }

  /// Everything wrong with the changes and with what they lead to.
  ConfigurationProblems problems() {
    ConfigurationCheck.check(result(), problems);
    return problems;
  }

  ClusterConfiguration result() {
    return new ClusterConfiguration(
        before.clusterName(),
        before.version() + 1,
        nodes,
        properties,
        resourceDefaults,
        resources,
        groups,
        constraints,
        fenceDevices);
  }

  void apply(ConfigurationChange change) {
    switch (change) {
      case PutNode(var node) -> nodes.put(node.id(), node);
      case RemoveNode(var node) -> removeNode(node);
      case SetNodeAttribute c -> setNodeAttribute(c);
      case SetNodeUtilization c -> setNodeUtilization(c);
      case SetUtilization c -> setUtilization(c);
      case SetProperty(var name, var value) ->
          set(KnownOptions.PROPERTIES, "HA-CONF-020", "property", properties, name, value);
      case SetResourceDefault(var name, var value) ->
          set(KnownOptions.META, "HA-CONF-021", "resource default", resourceDefaults, name, value);
      case CreateResource(var resource) -> resources.add(canonical(resource));
      case ReplaceResource(var resource) -> replace(resource.id(), canonical(resource));
      case DeleteResource(var resource) -> deleteResource(resource);
      case PutGroup(var group) -> putGroup(group);
      case RemoveGroup(var group) -> removeGroup(group);
      case SetMeta c -> setMeta(c);
      case PutConstraint(var constraint) -> putConstraint(constraint);
      case RemoveConstraint(var id) -> {
        if (!constraints.removeIf(c -> c.id().equals(id))) {
          problems.add("HA-CONF-034", "there is no constraint " + id, "see 'hactl constraint'");
        }
      }
      case PutFenceDevice(var device) -> {
        replaceOrAdd(fenceDevices, d -> d.id().equals(device.id()), device);
      }
      case RemoveFenceDevice(var device) -> {
        if (!fenceDevices.removeIf(d -> d.id().equals(device))) {
          problems.add("HA-CONF-035", "there is no fence device " + device, "see 'hactl stonith'");
        }
      }
    }
  }

  private void removeNode(NodeId node) {
    if (nodes.remove(node) == null) {
      noNode(node);
    }
    constraints.removeIf(c ->
        (c instanceof Constraint.Location l && l.node().equals(node))
            || (c instanceof Constraint.Written(ConstraintElement.Location written)
                && written.node().equals(node.name())));
  }

  private void noNode(NodeId node) {
    problems.add("HA-CONF-030", "there is no node " + node, "the nodes are " + nodes.keySet());
  }

  private void setNodeAttribute(SetNodeAttribute change) {
    NodeDefinition node = nodes.get(change.node());
    if (node == null) {
      noNode(change.node());
      return;
    }
    SortedMap<String, String> attributes = new TreeMap<>(node.attributes());
    put(attributes, change.name(), change.value());
    nodes.put(
        node.id(),
        new NodeDefinition(
            node.id(), node.address(), node.voter(), attributes, node.utilization()));
  }

  private void setNodeUtilization(SetNodeUtilization change) {
    NodeDefinition node = nodes.get(change.node());
    if (node == null) {
      noNode(change.node());
      return;
    }
    nodes.put(
        node.id(),
        new NodeDefinition(
            node.id(),
            node.address(),
            node.voter(),
            node.attributes(),
            utilization(node.utilization(), change.name(), change.value())));
  }

  private void setUtilization(SetUtilization change) {
    named(change.resource())
        .ifPresentOrElse(
            r ->
                replace(
                    r.id(),
                    r.withUtilization(utilization(r.utilization(), change.name(), change.value()))),
            () -> noResource(change.resource()));
  }

  private SortedMap<String, String> utilization(
      SortedMap<String, String> before, String name, String value) {
    SortedMap<String, String> after = new TreeMap<>(before);
    put(after, name, value);
    if (!value.matches("([0-9]{1,9})?")) {
      problems.add(
          "HA-CONF-023", "utilization %s=%s: must be a whole number".formatted(name, value), "");
    }
    return after;
  }

  private void set(
      KnownOptions options,
      String code,
      String what,
      SortedMap<String, String> target,
      String name,
      String value) {
    String stored = options.canonical(name);
    if (value.isEmpty()) {
      target.remove(stored);
      return;
    }
    Optional<String> similar = options.similar(name);
    boolean refused =
        !options.known(name) && (options == KnownOptions.PROPERTIES || similar.isPresent());
    if (refused) {
      problems.add(
          code,
          "there is no %s '%s'".formatted(what, name),
          similar.map(s -> "did you mean '" + s + "'?").orElse(""));
      return;
    }
    Optional<String> problem = options.problem(name, value);
    if (problem.isPresent()) {
      problems.add(code, what + " " + problem.get(), "");
      return;
    }
    target.put(stored, options.canonicalValue(name, value));
  }

  private SortedMap<String, String> meta(
      String what, SortedMap<String, String> start, SortedMap<String, String> changes) {
    SortedMap<String, String> result = new TreeMap<>(start);
    changes.forEach((n, v) -> set(KnownOptions.META, "HA-CONF-022", what, result, n, v));
    return result;
  }

  private ResourceDefinition canonical(ResourceDefinition resource) {
    String what = "meta-attribute of %s:".formatted(resource.publicId());
    resource
        .utilization()
        .forEach((name, value) -> utilization(resource.utilization(), name, value));
    return resource
        .withMeta(meta(what, new TreeMap<>(), resource.meta()))
        .as(canonical(what, resource.form(), resource.form().meta()));
  }

  /// A form with other meta-attributes, those that count instances in their own places.
  private Form canonical(String what, Form form, SortedMap<String, String> wanted) {
    return CloneOptions.placed(
        form.with(meta(what, new TreeMap<>(), wanted)), new TreeMap<>(), problems);
  }

  private void setMeta(SetMeta change) {
    String what = "meta-attribute of %s:".formatted(change.resource());
    Optional<GroupDefinition> group =
        groups.stream().filter(g -> g.answersTo(change.resource())).findFirst();
    if (group.isPresent()) {
      GroupDefinition g = group.get();
      boolean whole = g.form().cloned() && !g.id().equals(change.resource());
      replaceOrAdd(
          groups,
          o -> o.id().equals(g.id()),
          new GroupDefinition(
              g.id(),
              g.members(),
              whole ? g.meta() : meta(what, g.meta(), change.meta()),
              whole ? changed(what, g.form(), change.meta()) : g.form()));
      return;
    }
    Optional<ResourceDefinition> found = named(change.resource());
    if (found.isEmpty()) {
      noResource(change.resource());
      return;
    }
    ResourceDefinition r = found.get();
    replace(
        r.id(),
        r.form().cloned()
            ? r.as(changed(what, r.form(), change.meta()))
            : r.withMeta(meta(what, r.meta(), change.meta())));
  }

  private Form changed(String what, Form form, SortedMap<String, String> changes) {
    return CloneOptions.placed(form.with(meta(what, form.meta(), changes)), changes, problems);
  }

  /// What names a clone goes on to name what the clone has become.
  private void rename(ResourceId from, ResourceId to) {
    if (!from.equals(to)) {
      constraints.replaceAll(c -> c.renamed(name -> name.equals(from) ? to : name));
    }
  }

  private void putGroup(GroupDefinition group) {
    groups.stream()
        .filter(g -> g.id().equals(group.id()))
        .findFirst()
        .ifPresent(g -> rename(g.publicId(), group.publicId()));
    String what = "meta-attribute of %s:".formatted(group.publicId());
    replaceOrAdd(
        groups,
        g -> g.id().equals(group.id()),
        new GroupDefinition(
            group.id(),
            group.members(),
            meta(what, new TreeMap<>(), group.meta()),
            canonical(what, group.form(), group.form().meta())));
  }

  private void removeGroup(ResourceId name) {
    Optional<GroupDefinition> group = groups.stream().filter(g -> g.answersTo(name)).findFirst();
    if (group.isEmpty()) {
      problems.add("HA-CONF-036", "there is no group " + name, "see 'hactl resource group list'");
      return;
    }
    groups.remove(group.get());
    drop(group.get()::answersTo);
  }

  private Optional<ResourceDefinition> named(ResourceId id) {
    return resources.stream().filter(r -> r.answersTo(id)).findFirst();
  }

  private void noResource(ResourceId id) {
    problems.add("HA-CONF-031", "there is no resource " + id, "see 'hactl resource'");
  }

  private void replace(ResourceId id, ResourceDefinition resource) {
    for (int i = 0; i < resources.size(); i++) {
      if (resources.get(i).id().equals(id)) {
        rename(resources.get(i).publicId(), resource.publicId());
        resources.set(i, resource);
        return;
      }
    }
    noResource(id);
  }

  private void deleteResource(ResourceId name) {
    Optional<ResourceDefinition> resource = named(name);
    if (resource.isEmpty()) {
      noResource(name);
      return;
    }
    resources.remove(resource.get());
    drop(resource.get()::answersTo);
    ResourceId id = resource.get().id();
    for (GroupDefinition group : List.copyOf(groups)) {
      if (group.members().equals(List.of(id))) {
        removeGroup(group.id());
      } else if (group.members().contains(id)) {
        replaceOrAdd(
            groups,
            g -> g.id().equals(group.id()),
            group.with(group.members().stream().filter(m -> !m.equals(id)).toList()));
      }
    }
  }

  private void drop(Predicate<ResourceId> gone) {
    List<Constraint> left =
        constraints.stream().flatMap(c -> ConstraintNames.without(c, gone).stream()).toList();
    constraints.clear();
    constraints.addAll(left);
  }

  private void putConstraint(Constraint constraint) {
    replaceOrAdd(constraints, c -> c.id().equals(constraint.id()), constraint);
  }

  private static <T> void replaceOrAdd(List<T> list, Predicate<T> same, T value) {
    for (int i = 0; i < list.size(); i++) {
      if (same.test(list.get(i))) {
        list.set(i, value);
        return;
      }
    }
    list.add(value);
  }

  private static void put(SortedMap<String, String> map, String name, String value) {
    if (value.isEmpty()) {
      map.remove(name);
    } else {
      map.put(name, value);
    }
  }
}
