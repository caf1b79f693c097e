package dev.quorate.resource.core.state;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What must hold of a whole configuration.
final class ConfigurationCheck {
  private static final int MAX_NODES = 32;
  private static final int MAX_RESOURCES = 1000;
  private static final int MAX_CONSTRAINTS = 5000;

  private ConfigurationCheck() {}

  static void check(ClusterConfiguration configuration, ConfigurationProblems problems) {
    checkSizes(
        configuration.nodes().size(),
        configuration.resources().size(),
        configuration.constraints().size(),
        problems);
    for (NodeDefinition node : configuration.nodes().values()) {
      if (node.address().isBlank()) {
        problems.add(
            "HA-CONF-040",
            "node %s has no address".formatted(node.id()),
            "give its host name or IP address");
      }
    }
    LinkCheck.check(configuration, problems);
    checkIds(configuration, problems);
    configuration.resources().forEach(r -> checkResource(r, problems));
    GroupCheck.check(configuration, problems);
    TwoNodeCheck.check(configuration, problems);
    configuration.constraints().forEach(c -> checkConstraint(configuration, c, problems));
  }

  static void checkSizes(
      int nodes, int resources, int constraints, ConfigurationProblems problems) {
    if (nodes > MAX_NODES) {
      problems.add("HA-CONF-041", "a cluster has at most %d nodes".formatted(MAX_NODES), "");
    }
    if (resources > MAX_RESOURCES) {
      problems.add(
          "HA-CONF-041", "a cluster has at most %d resources".formatted(MAX_RESOURCES), "");
    }
    if (constraints > MAX_CONSTRAINTS) {
      problems.add(
          "HA-CONF-041", "a cluster has at most %d constraints".formatted(MAX_CONSTRAINTS), "");
    }
  }

  private static void checkIds(ClusterConfiguration configuration, ConfigurationProblems problems) {
    List<ResourceId> ids = new ArrayList<>();
    for (ResourceDefinition resource : configuration.resources()) {
      ids.add(resource.id());
      if (resource.form().cloned()) {
        ids.add(resource.publicId());
      }
    }
    for (GroupDefinition group : configuration.groups()) {
      ids.add(group.id());
      if (group.form().cloned()) {
        ids.add(group.publicId());
      }
    }
    configuration.fenceDevices().stream().map(FenceDeviceDefinition::id).forEach(ids::add);
    TreeSet<ResourceId> seen = new TreeSet<>();
    for (ResourceId id : ids) {
      if (!seen.add(id)) {
        problems.add(
            "HA-CONF-042", "the name %s is used more than once".formatted(id), "choose another");
      }
    }
  }

  private static void checkResource(ResourceDefinition resource, ConfigurationProblems problems) {
    List<String> operations = new ArrayList<>();
    for (OperationDefinition op : resource.operations()) {
      String key = "%s of %s at %s".formatted(op.kind(), op.role(), op.interval());
      if (operations.contains(key)) {
        problems.add(
            "HA-CONF-043",
            "resource %s has two operations %s".formatted(resource.id(), key),
            "give them different intervals");
      }
      operations.add(key);
      if (!op.interval().isZero() && op.kind() != OperationKind.MONITOR) {
        problems.add(
            "HA-CONF-044",
            "resource %s: only a monitor has an interval, not %s"
                .formatted(resource.id(), op.kind()),
            "");
      }
    }
    checkForm(resource, problems);
  }

  private static void checkForm(ResourceDefinition resource, ConfigurationProblems problems) {
    if (resource.form() instanceof Form.Clone(_, var cloneMax, _) && cloneMax < 0) {
      problems.add(
          "HA-CONF-045",
          "clone %s: clone-max must be at least 0".formatted(resource.publicId()),
          "");
    }
    if (resource.form() instanceof Form.Clone
        && resource.metaAttribute(Primacy.HOLDS_DATA).filter("true"::equals).isPresent()) {
      problems.add(
          "HA-CONF-048",
          "clone %s holds data, so it must be promotable".formatted(resource.publicId()),
          "use 'hactl resource promotable'");
    }
    if (resource.form() instanceof Form.Promotable(_, var cloneMax, var promotedMax, _)) {
      if (cloneMax < 0 || promotedMax < 1) {
        problems.add(
            "HA-CONF-045",
            "clone %s: clone-max must be at least 0 and promoted-max at least 1"
                .formatted(resource.publicId()),
            "");
      }
      if (ConfigurationRules.holdsData(resource) && promotedMax > 1) {
        problems.add(
            "HA-CONF-046",
            "clone %s holds data: it has one promoted instance".formatted(resource.publicId()),
            "set promoted-max to 1");
      }
    }
  }

  private static void checkConstraint(
      ClusterConfiguration configuration, Constraint constraint, ConfigurationProblems problems) {
    String place = "constraint " + constraint.id();
    if (constraint.id().isBlank()) {
      problems.add("HA-CONF-050", "a constraint needs an id", "");
    }
    for (ResourceId id : ConstraintNames.of(constraint)) {
      if (configuration.named(id).isEmpty()) {
        problems.add(
            "HA-CONF-051", "%s: there is no resource %s".formatted(place, id), "create it first");
      }
    }
    switch (constraint) {
      case Constraint.Written(var element) ->
          new WrittenCheck(configuration, element, problems).check();
      case Constraint.Location(_, var resource, var role, var node, _) -> {
        checkNode(configuration, place, node, problems);
        checkRole(configuration, place, resource, role, problems);
      }
      case Constraint.Colocation(_, var resource, var role, var with, var withRole, _) -> {
        checkDistinct(configuration, place, resource, with, problems);
        checkRole(configuration, place, resource, role, problems);
        checkRole(configuration, place, with, withRole, problems);
      }
      case Constraint.Ordering(_, var first, var firstAction, var then, var thenAction, _, _) -> {
        checkDistinct(configuration, place, first, then, problems);
        checkAction(configuration, place, first, firstAction, problems);
        checkAction(configuration, place, then, thenAction, problems);
      }
    }
  }

  static void checkNode(
      ClusterConfiguration configuration,
      String place,
      NodeId node,
      ConfigurationProblems problems) {
    if (!configuration.nodes().containsKey(node)) {
      problems.add(
          "HA-CONF-052",
          "%s: there is no node %s".formatted(place, node),
          "the nodes are " + configuration.nodes().keySet());
    }
  }

  private static void checkDistinct(
      ClusterConfiguration configuration,
      String place,
      ResourceId one,
      ResourceId other,
      ConfigurationProblems problems) {
    List<ResourceDefinition> parts = configuration.named(one);
    if (configuration.named(other).stream().anyMatch(parts::contains)) {
      problems.add("HA-CONF-053", "%s binds %s to itself".formatted(place, one), "");
    }
  }

  static void checkRole(
      ClusterConfiguration configuration,
      String place,
      ResourceId id,
      Role role,
      ConfigurationProblems problems) {
    boolean promotable = configuration.named(id).stream().allMatch(ResourceDefinition::promotable);
    if ((role == Role.PROMOTED || role == Role.UNPROMOTED) && !promotable) {
      problems.add(
          "HA-CONF-054",
          "%s: %s cannot be promoted, so it has no role %s".formatted(place, id, role),
          "make it promotable, or leave the role out");
    }
  }

  static void checkAction(
      ClusterConfiguration configuration,
      String place,
      ResourceId id,
      OperationKind action,
      ConfigurationProblems problems) {
    switch (action) {
      case START, STOP -> {
        // Every resource has these.
      }
      case PROMOTE, DEMOTE -> checkRole(configuration, place, id, Role.PROMOTED, problems);
      case MONITOR, RELOAD ->
          problems.add(
              "HA-CONF-055",
              "%s: %s cannot be ordered".formatted(place, action),
              "use start, stop, promote or demote");
    }
  }
}
