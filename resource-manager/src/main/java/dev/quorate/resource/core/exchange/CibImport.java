package dev.quorate.resource.core.exchange;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.FlagText;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.Element;
import dev.quorate.resource.core.rules.AttributeBlocks;
import dev.quorate.resource.core.state.ConfigurationTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns a document into the changes that make the live configuration what the document says.
///
/// All or nothing: what the live cluster does not manage is refused, each with its identity and
/// what to do, and so is what the rules for single changes forbid. Members, their addresses and
/// votes are no matter of documents and stay; so does what was seen of the cluster.
public final class CibImport {
  /// What Pacemaker writes for itself.
  private static final List<String> BOOKKEEPING =
      List.of("cluster-infrastructure", "cluster-name", "dc-version", "last-lrm-refresh");

  private final ClusterState state;
  private final ClusterConfiguration present;
  private final Findings findings = new Findings();
  private final List<ConfigurationChange> removals = new ArrayList<>();
  private final List<ConfigurationChange> changes = new ArrayList<>();
  private final List<ConfigurationChange> constraints = new ArrayList<>();
  private final ResourceTranslation resources;

  private CibImport(ClusterState state, KnownAgents agents) {
    this.state = state;
    this.present = state.configuration();
    this.resources = new ResourceTranslation(present, agents, findings);
  }

  /// Something about an element of the document.
  ///
  /// @param id of the element; may be empty
  public record Finding(String id, String message) {
    @Override
    public String toString() {
      return id.isEmpty() ? message : id + ": " + message;
    }
  }

  /// What would come of a document.
  ///
  /// @param changes in the order in which they are to be made, as one command; empty if nothing is
  ///   to be changed or something is refused
  /// @param refusals why nothing can be imported
  /// @param notices what of the document does not count
  public record Result(
      List<ConfigurationChange> changes, List<Finding> refusals, List<Finding> notices) {
    /// Copies the lists.
    public Result {
      changes = List.copyOf(changes);
      refusals = List.copyOf(refusals);
      notices = List.copyOf(notices);
    }
  }

  /// Compares a document with the live cluster.
  public static Result of(Cib cib, ClusterState state, KnownAgents agents) {
    return new CibImport(state, agents).compared(cib.configuration());
  }

  private Result compared(CibConfiguration configuration) {
    options(configuration);
    configuration.nodes().forEach(this::node);
    nodesLeftOut(configuration.nodes());
    Expansion.Result expansion = Expansion.of(configuration, findings);
    configuration
        .fencingLevels()
        .forEach(level ->
            findings.refuse(
                level.id(),
                "fencing levels are not managed: remove it; give the devices priorities instead"));
    configuration.kept().forEach(this::kept);
    expansion.resources().forEach(resources::add);
    List<String> tooMany =
        ConfigurationTrial.sizes(
            configuration.resources().size(), configuration.constraints().size());
    tooMany.forEach(problem -> findings.refuse("", problem));
    SequencedMap<String, Constraint> wanted = constraints(configuration, expansion);
    if (!tooMany.isEmpty()) {
      return new Result(List.of(), findings.refusals(), findings.notices());
    }
    resourceChanges();
    constraintChanges(wanted);
    List<ConfigurationChange> all = new ArrayList<>();
    if (findings.refusals().isEmpty()) {
      all.addAll(removals);
    }
    all.addAll(changes);
    all.addAll(constraints);
    ConfigurationTrial.problems(state, all).forEach(problem -> findings.refuse("", problem));
    return new Result(
        findings.refusals().isEmpty() ? all : List.of(), findings.refusals(), findings.notices());
  }

  private void options(CibConfiguration configuration) {
    SortedMap<String, String> wanted = new TreeMap<>();
    findings
        .values(
            "the cluster",
            "options",
            configuration.properties(),
            Optional.of(AttributeBlocks.BOOTSTRAP_OPTIONS))
        .forEach((name, value) -> {
          if (name.equals("cluster-name") && !value.equals(present.clusterName())) {
            findings.notice("", "this cluster's name stays " + present.clusterName());
          }
          if (!bookkeeping(name, value)) {
            wanted.put(ConfigurationTrial.propertyName(name), value);
          }
        });
    present
        .properties()
        .forEach((name, value) -> {
          if (!wanted.containsKey(name) && !bookkeeping(name, value)) {
            changes.add(new ConfigurationChange.SetProperty(name, ""));
          }
        });
    wanted.forEach((name, value) -> {
      if (!value.equals(present.properties().get(name))) {
        change(
            Findings.entry(configuration.properties(), name),
            new ConfigurationChange.SetProperty(name, value));
      }
    });
    SortedMap<String, String> defaults = new TreeMap<>();
    findings
        .values(
            "the cluster", "resource defaults", configuration.resourceDefaults(), Optional.empty())
        .forEach((name, value) -> defaults.put(Words.meta(name), Words.metaValue(name, value)));
    present
        .resourceDefaults()
        .forEach((name, value) -> {
          if (!defaults.containsKey(name)) {
            changes.add(new ConfigurationChange.SetResourceDefault(name, ""));
          }
        });
    defaults.forEach((name, value) -> {
      if (!value.equals(present.resourceDefaults().get(name))) {
        change(
            Findings.entry(configuration.resourceDefaults(), name),
            new ConfigurationChange.SetResourceDefault(name, value));
      }
    });
  }

  private static boolean bookkeeping(String name, String value) {
    return BOOKKEEPING.contains(name)
        || (name.equals("have-watchdog") && FlagText.parse(value).equals(Optional.of(false)));
  }

  private void change(String id, ConfigurationChange change) {
    List<String> faults = ConfigurationTrial.faults(present, change);
    faults.forEach(fault -> findings.refuse(id, fault));
    if (faults.isEmpty() && !ConfigurationTrial.idle(present, change)) {
      changes.add(change);
    }
  }

  private void node(CibNode node) {
    if (!node.type().equals("member")) {
      findings.refuse(
          node.id(), "nodes of type " + node.type() + " are not managed: remove " + node.name());
      return;
    }
    Optional<NodeDefinition> member =
        present.nodes().values().stream()
            .filter(n -> n.id().name().equals(node.name()))
            .findFirst();
    if (member.isEmpty()) {
      findings.refuse(
          node.id(),
          "node %s is no member of this cluster: let it join first with 'hactl cluster join', or remove it"
              .formatted(node.name()));
      return;
    }
    if (node.score() != 0) {
      findings.refuse(node.id(), "scores of nodes are not managed: write location constraints");
    }
    SortedMap<String, String> wanted = new TreeMap<>();
    findings
        .values(node.id(), "attributes", node.attributes(), Optional.empty())
        .forEach((name, value) -> attribute(node, name, value, wanted));
    if (member.get().witness()) {
      wanted.put(NodeDefinition.WITNESS, "on");
    }
    NodeId id = member.get().id();
    SortedMap<String, String> is = member.get().attributes();
    for (String name : is.keySet()) {
      if (!wanted.containsKey(name)) {
        changes.add(new ConfigurationChange.SetNodeAttribute(id, name, ""));
      }
    }
    wanted.forEach((name, value) ->
        change(node.id(), new ConfigurationChange.SetNodeAttribute(id, name, value)));
    SortedMap<String, String> has =
        findings.values(node.id(), "utilization", node.utilization(), Optional.empty());
    for (String name : member.get().utilization().keySet()) {
      if (!has.containsKey(name)) {
        changes.add(new ConfigurationChange.SetNodeUtilization(id, name, ""));
      }
    }
    has.forEach((name, value) ->
        change(node.id(), new ConfigurationChange.SetNodeUtilization(id, name, value)));
  }

  private void attribute(
      CibNode node, String name, String value, SortedMap<String, String> wanted) {
    switch (name) {
      case "standby", "maintenance" -> {
        Optional<Boolean> on = FlagText.parse(value);
        if (on.isEmpty()) {
          findings.refuse(node.id(), name + " is " + value + ": write on or off");
        } else if (on.get()) {
          wanted.put(name, "on");
        }
      }
      case "terminate", "shutdown" ->
          findings.refuse(
              node.id(),
              "the attribute "
                  + name
                  + " is an order, not a setting: remove it, and use hactl "
                  + (name.equals("shutdown") ? "cluster stop" : "stonith fence"));
      case NodeDefinition.WITNESS ->
          findings.notice(node.id(), "who is a witness is no matter of documents, and stays");
      default -> {
        if (!value.isEmpty()) {
          wanted.put(name, value);
        }
      }
    }
  }

  private void nodesLeftOut(List<CibNode> named) {
    TreeSet<String> names = new TreeSet<>();
    for (CibNode node : named) {
      if (!names.add(node.name())) {
        findings.refuse(node.id(), "node " + node.name() + " is there twice: remove one");
      }
    }
    for (NodeId node : present.nodes().keySet()) {
      if (!names.contains(node.name())) {
        findings.notice("", "node " + node + " is not in the document and stays as it is");
      }
    }
  }

  private void kept(Element section) {
    if (section.children().isEmpty()) {
      return;
    }
    for (Element element : section.children()) {
      findings.refuse(
          element.attributes().getOrDefault("id", ""),
          "%s are not managed: remove this %s".formatted(section.name(), element.name()));
    }
  }

  private void resourceChanges() {
    TreeSet<ResourceId> kept = new TreeSet<>();
    for (ResourceDefinition resource : resources.resources()) {
      kept.add(resource.id());
      boolean there = present.resources().stream().anyMatch(r -> r.id().equals(resource.id()));
      if (!present.resources().contains(resource)) {
        change(
            resource.id().name(),
            there
                ? new ConfigurationChange.ReplaceResource(resource)
                : new ConfigurationChange.CreateResource(resource));
      }
    }
    TreeSet<ResourceId> devices = new TreeSet<>();
    for (FenceDeviceDefinition device : resources.devices()) {
      devices.add(device.id());
      change(device.id().name(), new ConfigurationChange.PutFenceDevice(device));
    }
    TreeSet<ResourceId> groups = new TreeSet<>();
    for (GroupDefinition group : resources.groups()) {
      groups.add(group.id());
      if (!present.groups().contains(group)) {
        change(group.id().name(), new ConfigurationChange.PutGroup(group));
      }
    }
    for (GroupDefinition group : present.groups()) {
      if (!groups.contains(group.id())) {
        removals.add(new ConfigurationChange.RemoveGroup(group.id()));
      }
    }
    for (ResourceDefinition resource : present.resources()) {
      if (!kept.contains(resource.id())) {
        removals.add(new ConfigurationChange.DeleteResource(resource.id()));
      }
    }
    for (FenceDeviceDefinition device : present.fenceDevices()) {
      if (!devices.contains(device.id())) {
        removals.add(new ConfigurationChange.RemoveFenceDevice(device.id()));
      }
    }
  }

  private SequencedMap<String, Constraint> constraints(
      CibConfiguration configuration, Expansion.Result expansion) {
    ConstraintTranslation translation = new ConstraintTranslation(present, resources, findings);
    TagExpansion tags = new TagExpansion(configuration.tags(), expansion.templates(), findings);
    configuration.constraints().forEach(c -> tags.all(c).forEach(translation::add));
    return translation.constraints();
  }

  /// A resource takes its constraints with it, so they go before it and come after it.
  private void constraintChanges(SequencedMap<String, Constraint> wanted) {
    List<ConfigurationChange> first =
        present.constraints().stream()
            .map(Constraint::id)
            .filter(id -> !wanted.containsKey(id))
            .<ConfigurationChange>map(ConfigurationChange.RemoveConstraint::new)
            .toList();
    removals.addAll(0, first);
    List<ConfigurationChange> all = new ArrayList<>(removals);
    all.addAll(changes);
    ClusterConfiguration then = ConfigurationTrial.result(present, all);
    for (Constraint constraint : then.constraints()) {
      wanted.remove(constraint.id(), constraint.renamed(then::publicId));
    }
    for (Constraint constraint : wanted.values()) {
      constraints.add(new ConfigurationChange.PutConstraint(constraint));
    }
  }
}
