package dev.quorate.resource.core.state;

import static dev.quorate.resource.core.state.Draft.accepted;
import static dev.quorate.resource.core.state.Draft.refused;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand.ChangeConfiguration;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.Election;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Changes of the configuration, all or none, and what they mean for nodes and instances.
///
/// Invariants:
/// - every configured node has a status, and every instance belongs to a configured resource;
/// - nothing that may run is forgotten: a node leaves and a resource stops before it goes;
/// - every resource with data to lose has its [Primacy].
final class ConfigurationRules {
  /// The parameters by which an agent finds again what it has started.
  private static final List<String> WHEREABOUTS =
      List.of("pgdata", "datadir", "pghost", "pgport", "system_user", "ip", "nic");

  private static final Incarnation NO_LIFE = new Incarnation("never-seen", 1);

  private ConfigurationRules() {}

  static CommandAnswer change(Draft draft, ChangeConfiguration command) {
    ClusterConfiguration before = draft.configuration();
    if (command.expectedVersion() != -1 && command.expectedVersion() != before.version()) {
      return refused(
          "HA-CONF-001",
          "the configuration has version %d, not %d"
              .formatted(before.version(), command.expectedVersion()),
          "look at it again, and repeat the change if it is still wanted");
    }
    ConfigurationEditor editor = new ConfigurationEditor(before);
    command.changes().forEach(editor::apply);
    ConfigurationProblems problems = problems(draft, before, editor);
    if (!problems.isEmpty()) {
      return problems.refusal();
    }
    ClusterConfiguration after = editor.result();
    draft.configure(after, command.client());
    before.nodes().keySet().stream()
        .filter(node -> !after.nodes().containsKey(node))
        .forEach(node -> CertificateRules.removed(draft, node, command.client()));
    adjustNodes(draft, before, after);
    adjustResources(draft, before, after);
    return accepted();
  }

  /// Everything that is wrong with changes.
  static ConfigurationProblems problems(
      Draft draft, ClusterConfiguration before, ConfigurationEditor editor) {
    ConfigurationProblems problems = editor.problems();
    checkRemovals(draft, before, editor.result(), problems);
    return problems;
  }

  private static void checkRemovals(
      Draft draft,
      ClusterConfiguration before,
      ClusterConfiguration after,
      ConfigurationProblems problems) {
    for (NodeId node : before.nodes().keySet()) {
      if (draft.partakes(node) && !after.nodes().containsKey(node)) {
        problems.add(
            "HA-CONF-010",
            "node %s cannot be removed: it is %s".formatted(node, draft.presence(node)),
            "stop it first with 'hactl cluster stop %s'".formatted(node));
      }
    }
    checkWitnesses(before, after, problems);
    TwoNodeCheck.checkBegin(before, after, draft.nodes(), draft.attributes, problems);
    TwoNodeCheck.checkEnd(before, after, draft.attributes, problems);
    for (ResourceDefinition resource : before.resources()) {
      Optional<ResourceDefinition> now =
          after.resources().stream().filter(r -> r.id().equals(resource.id())).findFirst();
      if (!stopped(draft, resource.id())) {
        if (now.isEmpty()) {
          problems.add(
              "HA-CONF-011",
              "resource %s cannot be deleted: it is not known to be stopped everywhere"
                  .formatted(resource.id()),
              "stop it first with 'hactl resource disable %s'".formatted(resource.publicId()));
        } else if (shrinks(before, after, resource) && running(draft, resource.id()) > 1) {
          problems.add(
              "HA-CONF-014",
              "resource %s runs, or may run, on several nodes, so it must stay a clone"
                  .formatted(resource.id()),
              "stop it first with 'hactl resource disable %s'"
                  .formatted(before.publicId(resource.id())));
        } else if (!sameNature(resource, now.get())) {
          problems.add(
              "HA-CONF-012",
              "agent, clone and holds-data of resource %s cannot change while it may run"
                  .formatted(resource.id()),
              "stop it first with 'hactl resource disable %s'".formatted(resource.publicId()));
        } else {
          checkWhereabouts(resource, now.get(), problems);
        }
      }
    }
  }

  /// Nobody looks at what runs on a witness, so a node cannot become one, or cease to be one, while
  /// there is something that could run.
  private static void checkWitnesses(
      ClusterConfiguration before, ClusterConfiguration after, ConfigurationProblems problems) {
    if (before.resources().isEmpty()) {
      return;
    }
    for (NodeDefinition node : after.nodes().values()) {
      NodeDefinition old = before.nodes().get(node.id());
      if (old != null && old.witness() != node.witness()) {
        problems.add(
            "HA-CONF-015",
            "node %s cannot %s a witness while there are resources"
                .formatted(node.id(), node.witness() ? "become" : "cease to be"),
            "say it before the first resource is created, as with 'hactl cluster setup … --witness"
                + " NODE'");
      }
    }
  }

  private static void checkWhereabouts(
      ResourceDefinition before, ResourceDefinition after, ConfigurationProblems problems) {
    List<String> changed =
        WHEREABOUTS.stream()
            .filter(n -> !Objects.equals(before.parameters().get(n), after.parameters().get(n)))
            .toList();
    if (!changed.isEmpty()) {
      problems.add(
          "HA-CONF-013",
          "%s of resource %s cannot change while it may run: what runs would be found no more"
              .formatted(String.join(", ", changed), before.id()),
          "stop it first with 'hactl resource disable %s'".formatted(before.publicId()));
    }
  }

  private static boolean sameNature(ResourceDefinition a, ResourceDefinition b) {
    return a.agent().equals(b.agent())
        && (a.publicId().equals(b.publicId()) || (!a.promotable() && !b.promotable()))
        && a.promotable() == b.promotable()
        && holdsData(a) == holdsData(b);
  }

  /// Whether what could be on many nodes can be on one only.
  private static boolean shrinks(
      ClusterConfiguration before, ClusterConfiguration after, ResourceDefinition resource) {
    return before.cloned(resource)
        && after.resources().stream()
            .filter(r -> r.id().equals(resource.id()))
            .anyMatch(r -> !after.cloned(r));
  }

  /// Whether nothing of a resource runs or may run.
  private static boolean stopped(Draft draft, ResourceId resource) {
    return running(draft, resource) == 0;
  }

  /// On how many nodes a resource runs or may run.
  private static int running(Draft draft, ResourceId resource) {
    int running = 0;
    for (var entry : draft.instancesOf(resource).entrySet()) {
      InstanceStatus instance = entry.getValue();
      boolean down =
          instance.role() == Role.STOPPED
              && (instance.certainty() == Certainty.KNOWN
                  || instance.certainty() == Certainty.FAILED);
      if (draft.partakes(entry.getKey())
          && (!down || draft.operationOn(resource, entry.getKey()).isPresent())) {
        running++;
      }
    }
    return running;
  }

  static boolean holdsData(ResourceDefinition resource) {
    return resource.promotable()
        && resource.metaAttribute(Primacy.HOLDS_DATA).filter("true"::equals).isPresent();
  }

  private static void adjustNodes(
      Draft draft, ClusterConfiguration before, ClusterConfiguration after) {
    for (NodeId node : after.nodes().keySet()) {
      if (!before.nodes().containsKey(node)) {
        draft.setNode(
            node, new NodeStatus(Presence.NEVER_SEEN, NO_LIFE, draft.position, "not seen yet"));
      }
    }
    for (NodeId node : before.nodes().keySet()) {
      if (!after.nodes().containsKey(node)) {
        draft.removeNode(node);
      }
    }
  }

  private static void adjustResources(
      Draft draft, ClusterConfiguration before, ClusterConfiguration after) {
    List<ResourceId> kept = after.resources().stream().map(ResourceDefinition::id).toList();
    for (ResourceDefinition old : before.resources()) {
      if (!kept.contains(old.id())) {
        draft.removeResource(old.id());
      }
    }
    for (ResourceDefinition resource : after.resources()) {
      Optional<ResourceDefinition> old =
          before.resources().stream().filter(r -> r.id().equals(resource.id())).findFirst();
      if (old.isEmpty()) {
        after.nodes().keySet().forEach(node -> firstStatus(draft, resource.id(), node));
      }
      Optional<Primacy> primacy = draft.primacy(resource.id());
      if (holdsData(resource) && primacy.isEmpty()) {
        draft.setPrimacy(Primacy.initial(resource.id()));
      } else if (!holdsData(resource) && primacy.isPresent()) {
        draft.removePrimacy(resource.id());
      } else if (!old.equals(Optional.of(resource))) {
        primacy
            .filter(p -> p.election() instanceof Election.Blocked)
            .ifPresent(p -> ElectionRules.end(draft, p, new Election.Idle(p.election().round())));
      }
    }
  }

  private static void firstStatus(Draft draft, ResourceId resource, NodeId node) {
    switch (draft.presence(node)) {
      case NEVER_SEEN -> {
        // The node's instances appear with its first life.
      }
      case LEFT, FENCED -> draft.setInstance(resource, node, Role.STOPPED, Certainty.KNOWN, 7, "");
      case ONLINE, DAEMON_GONE, LOST ->
          draft.setInstance(
              resource, node, Role.STOPPED, Certainty.UNKNOWN, 0, "not looked at yet");
    }
  }
}
