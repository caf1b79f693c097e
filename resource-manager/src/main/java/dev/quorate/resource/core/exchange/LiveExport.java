package dev.quorate.resource.core.exchange;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.ResourceElement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The live cluster as a document: for tools that read documents, and to be imported again.
///
/// What Pacemaker has no word for (addresses, votes, grants) is left out. What it knows and the
/// live cluster does not record, such as when something was started, is filled in as it must have
/// been.
public final class LiveExport {
  /// The version of the form, and of what is said in it.
  private static final String SCHEMA = "pacemaker-3.7";

  private static final String FEATURE_SET = "3.16.2";

  /// What Pacemaker keeps as meta-attributes of a fence device.
  static final List<String> DEVICE_META = List.of("priority", "provides", "target-role");

  private final ClusterState state;
  private final Predicate<String> hidden;
  private final Identifiers identifiers = new Identifiers();

  private LiveExport(ClusterState state, Predicate<String> hidden) {
    this.state = state;
    this.hidden = hidden;
  }

  /// The document.
  ///
  /// @param quorate whether the node that makes it speaks for a majority
  /// @param coordinator the node that decides, if it is known
  /// @param hidden the names of parameters whose values must not be shown
  public static Cib of(
      ClusterState state, boolean quorate, Optional<NodeId> coordinator, Predicate<String> hidden) {
    return new LiveExport(state, hidden).document(quorate, coordinator);
  }

  private Cib document(boolean quorate, Optional<NodeId> coordinator) {
    ClusterConfiguration configuration = state.configuration();
    SortedMap<String, String> root = new TreeMap<>();
    root.put("validate-with", SCHEMA);
    root.put("crm_feature_set", FEATURE_SET);
    root.put("admin_epoch", "0");
    root.put("epoch", Long.toString(configuration.version()));
    root.put("num_updates", "0");
    root.put("have-quorum", quorate ? "1" : "0");
    root.put("execution-date", Long.toString(state.wallMillis() / 1000));
    coordinator.ifPresent(node -> root.put("dc-uuid", node.name()));
    configuration.resources().forEach(r -> reserve(r.id(), r.publicId()));
    configuration.groups().forEach(g -> reserve(g.id(), g.publicId()));
    configuration.fenceDevices().forEach(d -> identifiers.of(d.id().name()));
    configuration.constraints().forEach(this::reserve);
    List<ResourceElement> resources = new ArrayList<>(resources(configuration));
    configuration.fenceDevices().forEach(d -> resources.add(device(d)));
    List<ConstraintElement> constraints = new ArrayList<>();
    configuration
        .constraints()
        .forEach(c ->
            constraints.add(
                ConstraintExport.of(
                    c,
                    c instanceof Constraint.Written ? c.id() : identifiers.of(c.id()),
                    configuration)));
    return new Cib(
        root,
        new CibConfiguration(
            identifiers.blocks("cib-bootstrap-options", properties(configuration)),
            identifiers.blocks("rsc-options", configuration.resourceDefaults()),
            List.of(),
            configuration.nodes().values().stream().map(this::node).toList(),
            resources,
            List.of(),
            constraints,
            List.of(),
            List.of(),
            List.of()),
        new StatusExport(state, hidden, FEATURE_SET).status());
  }

  private void reserve(ResourceId own, ResourceId publicly) {
    identifiers.of(own.name());
    if (!own.equals(publicly)) {
      identifiers.of(publicly.name());
    }
  }

  /// What was written for a document keeps its identities.
  private void reserve(Constraint constraint) {
    if (constraint instanceof Constraint.Written(var element)) {
      identifiers.of(element.id());
      element.sets().forEach(s -> identifiers.of(s.id()));
      if (element instanceof ConstraintElement.Location l) {
        l.rules().forEach(this::reserve);
      }
    }
  }

  private void reserve(Rule rule) {
    identifiers.of(rule.id());
    for (Rule.Condition condition : rule.conditions()) {
      switch (condition) {
        case Rule.Nested(var nested) -> reserve(nested);
        case Rule.Comparison c -> identifiers.of(c.id());
        case Rule.DateComparison d -> identifiers.of(d.id());
        case Rule.ResourceMatch r -> identifiers.of(r.id());
        case Rule.OperationMatch o -> identifiers.of(o.id());
      }
    }
  }

  private static SortedMap<String, String> properties(ClusterConfiguration configuration) {
    SortedMap<String, String> properties = new TreeMap<>(configuration.properties());
    properties.put("cluster-name", configuration.clusterName());
    return properties;
  }

  private CibNode node(NodeDefinition node) {
    String name = node.id().name();
    return new CibNode(
        name,
        name,
        "member",
        0,
        identifiers.blocks("nodes-" + name, node.attributes()),
        identifiers.blocks("nodes-" + name + "-utilization", node.utilization()));
  }

  /// A group stands where its first member does.
  private List<ResourceElement> resources(ClusterConfiguration configuration) {
    List<ResourceElement> resources = new ArrayList<>();
    TreeSet<ResourceId> grouped = new TreeSet<>();
    for (ResourceDefinition resource : configuration.resources()) {
      Optional<GroupDefinition> group = configuration.groupOf(resource.id());
      if (group.isEmpty()) {
        resources.add(cloned(resource.form(), primitive(resource)));
      } else if (grouped.add(group.get().id())) {
        resources.add(group(group.get(), configuration));
      }
    }
    return resources;
  }

  private ResourceElement group(GroupDefinition group, ClusterConfiguration configuration) {
    return cloned(
        group.form(),
        new ResourceElement.Group(
            group.id().name(),
            "",
            identifiers.blocks(group.id() + "-meta_attributes", group.meta()),
            List.of(),
            configuration.named(group.id()).stream().map(this::primitive).toList()));
  }

  private ResourceElement cloned(Form form, ResourceElement child) {
    SortedMap<String, String> own = new TreeMap<>(form.meta());
    return switch (form) {
      case Form.Primitive() -> child;
      case Form.Clone(var clone, var most, _) -> clone(clone, most, own, child);
      case Form.Promotable(var clone, var most, var promoted, _) -> {
        own.put("promotable", "true");
        own.put("promoted-max", Integer.toString(promoted));
        yield clone(clone, most, own, child);
      }
    };
  }

  private ResourceElement clone(
      ResourceId id, int most, SortedMap<String, String> meta, ResourceElement child) {
    if (most > 0) {
      meta.put("clone-max", Integer.toString(most));
    }
    return new ResourceElement.Clone(
        id.name(), "", false, identifiers.blocks(id + "-meta_attributes", meta), List.of(), child);
  }

  private ResourceElement.Primitive primitive(ResourceDefinition resource) {
    AgentType agent = resource.agent();
    String id = resource.id().name();
    return new ResourceElement.Primitive(
        id,
        agent.standard(),
        agent.provider(),
        agent.type(),
        "",
        "",
        identifiers.blocks(id + "-meta_attributes", resource.meta()),
        identifiers.blocks(
            id + "-instance_attributes", Secrets.masked(resource.parameters(), hidden)),
        identifiers.blocks(id + "-utilization", resource.utilization()),
        resource.operations().stream().map(o -> operation(id, o)).toList());
  }

  private ResourceElement.Operation operation(String resource, OperationDefinition operation) {
    String name = operation.kind().name().toLowerCase(Locale.ROOT);
    String interval = time(operation.interval());
    SortedMap<String, String> attributes = new TreeMap<>();
    attributes.put("timeout", time(operation.timeout()));
    attributes.put("on-fail", operation.onFail().name().toLowerCase(Locale.ROOT));
    if (operation.role() != Role.STARTED) {
      attributes.put("role", Words.role(operation.role()));
    }
    return new ResourceElement.Operation(
        identifiers.of(resource + "-" + name + "-interval-" + interval),
        name,
        operation.interval().toMillis(),
        attributes,
        List.of(),
        List.of());
  }

  private static String time(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  private ResourceElement device(FenceDeviceDefinition device) {
    String id = device.id().name();
    SortedMap<String, String> parameters = Secrets.masked(device.parameters(), hidden);
    SortedMap<String, String> meta = new TreeMap<>(parameters);
    meta.keySet().retainAll(DEVICE_META);
    parameters.keySet().removeAll(DEVICE_META);
    return new ResourceElement.Primitive(
        id,
        "stonith",
        "",
        device.agent(),
        "",
        "",
        identifiers.blocks(id + "-meta_attributes", meta),
        identifiers.blocks(id + "-instance_attributes", parameters),
        List.of(),
        List.of());
  }
}
