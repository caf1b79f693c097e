package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.core.rules.AttributeBlocks;
import dev.quorate.resource.core.rules.RuleContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the working model's resources from the configured ones: templates filled in, options
/// resolved, clones multiplied.
final class ResourceUnpacking {
  /// Of one clone, in a cluster of usual size.
  private static final int MOST_INSTANCES = 100;

  private final Model model;
  private final CibConfiguration configuration;
  private final Map<String, ResourceElement.Template> templates = new LinkedHashMap<>();

  ResourceUnpacking(Model model) {
    this.model = model;
    this.configuration = model.cib.configuration();
    for (ResourceElement.Template template : configuration.templates()) {
      templates.put(template.id(), template);
    }
  }

  void unpack() {
    for (CibConfiguration.Tag tag : configuration.tags()) {
      model.sets.put(tag.id(), tag.references());
    }
    if (configuration.resources().stream().anyMatch(ResourceUnpacking::asksToBeLetIn)
        || configuration.templates().stream().anyMatch(ResourceUnpacking::asksToBeLetIn)) {
      model.haveUnfencing = model.options.fencing();
    }
    for (ResourceElement element : configuration.resources()) {
      Resource resource = resource(element, null, "");
      if (resource != null) {
        model.resources.add(resource);
      }
    }
    for (Resource resource : List.copyOf(model.resourcesById.values())) {
      Resource container = Names.find(model, resource.meta.getOrDefault("container", ""));
      if (container != null && container != resource && resource.isPrimitive()) {
        resource.container = container;
        container.contents.add(resource);
      }
    }
    model.resources.sort((a, b) -> Integer.compare(b.priority, a.priority));
  }

  /// Whether one asks for nodes to be let in: then that is the default for all.
  private static boolean asksToBeLetIn(ResourceElement element) {
    boolean inside =
        switch (element) {
          case ResourceElement.Group group ->
              group.members().stream().anyMatch(ResourceUnpacking::asksToBeLetIn);
          case ResourceElement.Clone clone -> asksToBeLetIn(clone.child());
          default -> false;
        };
    return inside
        || element.meta().stream()
            .flatMap(b -> b.entries().stream())
            .anyMatch(e -> e.name().equals("requires") && e.value().equals("unfencing"));
  }

  private @Nullable Resource resource(
      ResourceElement element, @Nullable Resource parent, String number) {
    Resource resource =
        switch (element) {
          case ResourceElement.Primitive primitive -> primitive(primitive, parent, number);
          case ResourceElement.Group group -> group(group, parent, number);
          case ResourceElement.Clone clone -> cloned(clone);
          case ResourceElement.Bundle bundle -> {
            model.refusals.add("bundle " + bundle.id() + ": bundles are not managed");
            yield null;
          }
          case ResourceElement.Template _ -> null;
        };
    if (resource != null) {
      model.resourcesById.put(resource.id, resource);
    }
    return resource;
  }

  private Resource fresh(
      ResourceElement element, Resource.Kind kind, @Nullable Resource parent, String number) {
    Resource resource =
        new Resource(
            element.id() + number, element.id(), kind, parent, element, model.nodes.size());
    if (model.options.symmetric()) {
      for (Node node : model.nodes) {
        resource.allowed.put(node, node.baseScore);
      }
    }
    return resource;
  }

  private Resource primitive(
      ResourceElement.Primitive element, @Nullable Resource parent, String number) {
    Resource resource = fresh(element, Resource.Kind.PRIMITIVE, parent, number);
    ResourceElement.Template template = templates.get(element.template());
    resource.agentClass = element.agentClass();
    resource.provider = element.provider();
    resource.type = element.type();
    List<ResourceElement.Operation> operations = new ArrayList<>(element.operations());
    if (template != null) {
      if (number.isEmpty() || number.equals(":0")) {
        model.sets.computeIfAbsent(template.id(), _ -> new ArrayList<>()).add(element.id());
      }
      resource.agentClass = template.agentClass();
      resource.provider = template.provider();
      resource.type = template.type();
      for (ResourceElement.Operation inherited : template.operations()) {
        if (operations.stream().noneMatch(own -> sameOperation(own, inherited))) {
          operations.add(inherited);
        }
      }
    }
    resource.historyId = resource.id;
    options(resource);
    resource.operations = operations.stream().map(o -> operation(resource, o)).toList();
    SortedMap<String, String> needs = new TreeMap<>();
    AttributeBlocks.fill(needs, element.utilization(), model.time, model.nextChange, null);
    if (template != null) {
      AttributeBlocks.fill(needs, template.utilization(), model.time, model.nextChange, null);
    }
    needs.forEach((name, value) -> resource.utilization.put(name, ClusterOptions.score(value, 0)));
    if (resource.type.equals("remote") && resource.provider.equals("pacemaker")) {
      model.refusals.add("resource " + resource.id + ": remote nodes are not managed");
    }
    if (resource.meta.containsKey("remote-node")) {
      model.refusals.add("resource " + resource.id + ": guest nodes are not managed");
    }
    return resource;
  }

  private static boolean sameOperation(
      ResourceElement.Operation one, ResourceElement.Operation other) {
    return one.name().equals(other.name())
        && bucket(one.attributes().get("role")).equals(bucket(other.attributes().get("role")));
  }

  private static String bucket(@Nullable String role) {
    RoleLevel level = role == null ? RoleLevel.STARTED : RoleLevel.parse(role);
    return switch (level) {
      case PROMOTED, STOPPED -> level.text;
      default -> RoleLevel.STARTED.text;
    };
  }

  private Operation operation(Resource resource, ResourceElement.Operation element) {
    SortedMap<String, String> meta = new TreeMap<>(element.attributes());
    RuleContext context =
        model
            .time
            .of(agent(resource))
            .during(new RuleContext.Operation(element.name(), element.intervalMillis()));
    AttributeBlocks.fill(meta, element.meta(), context, model.nextChange, null);
    AttributeBlocks.fill(meta, configuration.operationDefaults(), context, model.nextChange, null);
    String role = element.attributes().get("role");
    return new Operation(
        element,
        element.name(),
        element.intervalMillis(),
        role == null ? RoleLevel.UNKNOWN : RoleLevel.parse(role),
        ClusterOptions.flag(element.attributes(), "enabled", "", true),
        meta,
        !element.parameters().isEmpty());
  }

  static RuleContext.Agent agent(Resource resource) {
    return new RuleContext.Agent(resource.agentClass, resource.provider, resource.type);
  }

  private Resource group(ResourceElement.Group element, @Nullable Resource parent, String number) {
    Resource resource = fresh(element, Resource.Kind.GROUP, parent, number);
    options(resource);
    resource.ordered = ClusterOptions.flag(resource.meta, "ordered", "", true);
    resource.collocated = ClusterOptions.flag(resource.meta, "collocated", "", true);
    for (ResourceElement.Primitive member : element.members()) {
      Resource child = resource(member, resource, number);
      if (child != null) {
        resource.children.add(child);
      }
    }
    return resource;
  }

  private Resource cloned(ResourceElement.Clone element) {
    Resource resource = fresh(element, Resource.Kind.CLONE, null, "");
    SortedMap<String, String> meta = meta(resource);
    meta.putIfAbsent("resource-stickiness", "1");
    if (element.promotable()) {
      meta.put("promotable", "true");
    }
    resource.meta = meta;
    resource.promotable = ClusterOptions.flag(meta, "promotable", "", false);
    resource.cloneNodeMax = Math.max(0, whole(meta.get("clone-node-max"), 1));
    resource.unique = ClusterOptions.flag(meta, "globally-unique", "", resource.cloneNodeMax > 1);
    resource.saidUnique = resource.unique && meta.containsKey("globally-unique");
    resource.cloneMax = whole(meta.get("clone-max"), Math.max(1, model.nodes.size()));
    int most = Math.max(MOST_INSTANCES, 2 * model.nodes.size());
    if (resource.cloneMax > most) {
      model.refusals.add(
          "clone " + resource.id + ": more than " + most + " instances are not managed");
      resource.cloneMax = most;
    }
    resource.cloneMin = whole(meta.get("clone-min"), 0);
    resource.promotedMax =
        whole(meta.getOrDefault("promoted-max", meta.getOrDefault("master-max", "1")), 1);
    resource.promotedNodeMax =
        whole(meta.getOrDefault("promoted-node-max", meta.getOrDefault("master-node-max", "1")), 1);
    resource.notify = ClusterOptions.flag(meta, "notify", "", false);
    boolean unique = resource.unique;
    boolean promotable = resource.promotable;
    if (!ocf(element.child())) {
      unique = unique && fencing(element.child());
      promotable = false;
    }
    meta.put("globally-unique", Boolean.toString(unique));
    apply(resource);
    resource.unique = unique;
    resource.promotable = promotable;
    if (!unique) {
      resource.cloneNodeMax = Math.min(1, resource.cloneNodeMax);
    }
    resource.interleave = ClusterOptions.flag(meta, "interleave", "", false);
    resource.ordered = ClusterOptions.flag(meta, "ordered", "", false);
    for (int i = 0; i < resource.cloneMax; i++) {
      instance(resource);
    }
    if (resource.cloneMax <= 0) {
      instance(resource);
    }
    return resource;
  }

  private static boolean ocf(ResourceElement child) {
    return switch (child) {
      case ResourceElement.Primitive primitive ->
          primitive.agentClass().isEmpty() || primitive.agentClass().equals("ocf");
      case ResourceElement.Group group -> group.members().stream().allMatch(ResourceUnpacking::ocf);
      default -> true;
    };
  }

  private static boolean fencing(ResourceElement child) {
    return child instanceof ResourceElement.Primitive primitive
        && primitive.agentClass().equals("stonith");
  }

  /// One more instance of a clone. Those beyond its number are removed: they exist only because
  /// something of them was seen.
  Resource instance(Resource parent) {
    ResourceElement.Clone element = (ResourceElement.Clone) parent.element;
    int number = parent.children.size();
    Resource instance = resource(element.child(), parent, ":" + number);
    if (instance == null) {
      throw new IllegalStateException("clone " + parent.id + " has neither primitive nor group");
    }
    if (number >= parent.cloneMax) {
      removed(instance);
    }
    parent.children.add(instance);
    return instance;
  }

  /// A primitive of its own that is not in the configuration.
  Resource standAlone(ResourceElement.Primitive element) {
    Resource resource = primitive(element, null, "");
    model.resourcesById.put(resource.id, resource);
    return resource;
  }

  private static void removed(Resource resource) {
    resource.removed = true;
    resource.children.forEach(ResourceUnpacking::removed);
  }

  private void options(Resource resource) {
    resource.meta = meta(resource);
    apply(resource);
  }

  /// Meta-attributes: its own, its template's, its ancestors' (the nearest first), the defaults,
  /// and at last what its parent's come to.
  private SortedMap<String, String> meta(Resource resource) {
    SortedMap<String, String> meta = new TreeMap<>();
    RuleContext context = model.time.of(agent(resource));
    AttributeBlocks.fill(meta, resource.element.meta(), context, model.nextChange, null);
    if (resource.element instanceof ResourceElement.Primitive primitive) {
      ResourceElement.Template template = templates.get(primitive.template());
      if (template != null) {
        AttributeBlocks.fill(meta, template.meta(), context, model.nextChange, null);
      }
    }
    for (Resource ancestor = resource.parent; ancestor != null; ancestor = ancestor.parent) {
      AttributeBlocks.fill(meta, ancestor.element.meta(), context, model.nextChange, null);
    }
    AttributeBlocks.fill(meta, configuration.resourceDefaults(), context, model.nextChange, null);
    if (resource.parent != null) {
      for (var inherited : resource.parent.meta.entrySet()) {
        meta.putIfAbsent(inherited.getKey(), inherited.getValue());
      }
    }
    return meta;
  }

  private void apply(Resource resource) {
    SortedMap<String, String> meta = resource.meta;
    resource.priority = ClusterOptions.score(meta.get("priority"), 0);
    resource.stickiness = ClusterOptions.score(meta.get("resource-stickiness"), 0);
    resource.critical = ClusterOptions.flag(meta, "critical", "", true);
    resource.notify = ClusterOptions.flag(meta, "notify", "", false);
    resource.allowMigrate = ClusterOptions.flag(meta, "allow-migrate", "", false);
    resource.managed = ClusterOptions.flag(meta, "is-managed", "", true);
    if (ClusterOptions.flag(meta, "maintenance", "", false) || model.options.maintenance()) {
      resource.managed = false;
      resource.maintenance = true;
    }
    Resource top = resource.top();
    resource.unique =
        resource == top
            || !top.isClone()
            || ClusterOptions.flag(top.meta, "globally-unique", "", false);
    resource.multiplyActive =
        switch (meta.getOrDefault("multiple-active", "stop_start")) {
          case "stop_only" -> Resource.MultiplyActive.STOP_ONLY;
          case "block" -> Resource.MultiplyActive.BLOCK;
          case "stop_unexpected" -> Resource.MultiplyActive.STOP_UNEXPECTED;
          default -> Resource.MultiplyActive.STOP_START;
        };
    int threshold = ClusterOptions.score(meta.get("migration-threshold"), Scores.INFINITY);
    resource.migrationThreshold = threshold < 0 ? Scores.INFINITY : threshold;
    resource.failureTimeoutMillis = ClusterOptions.millis(meta.get("failure-timeout"), 0);
    if (resource.fenceDevice()) {
      model.haveFenceDevice = true;
      if (meta.getOrDefault("provides", "").equals("unfencing")) {
        model.haveUnfencing = true;
      }
    }
    resource.requires = requires(resource, meta.get("requires"));
    resource.targetRole = targetRole(resource, meta.get("target-role"));
    resource.next = resource.targetRole;
  }

  private Requires requires(Resource resource, @Nullable String text) {
    Requires wanted =
        switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
          case "nothing" -> Requires.NOTHING;
          case "quorum" -> Requires.QUORUM;
          case "fencing" -> Requires.FENCING;
          case "unfencing" ->
              resource.fenceDevice() || !model.options.fencing()
                  ? Requires.QUORUM
                  : Requires.UNFENCING;
          default -> defaultRequires(resource);
        };
    return wanted == Requires.FENCING && !model.options.fencing() ? Requires.QUORUM : wanted;
  }

  private Requires defaultRequires(Resource resource) {
    if (resource.fenceDevice()) {
      return Requires.QUORUM;
    }
    if (model.options.fencing()) {
      return model.haveUnfencing ? Requires.UNFENCING : Requires.FENCING;
    }
    return model.options.withoutQuorum() == ClusterOptions.WithoutQuorum.IGNORE
        ? Requires.NOTHING
        : Requires.QUORUM;
  }

  private static RoleLevel targetRole(Resource resource, @Nullable String text) {
    RoleLevel role = text == null ? RoleLevel.UNKNOWN : RoleLevel.parse(text);
    return switch (role) {
      case UNKNOWN, STARTED, PROMOTED -> RoleLevel.UNKNOWN;
      case STOPPED -> role;
      case UNPROMOTED -> resource.inPromotable() ? role : RoleLevel.UNKNOWN;
    };
  }

  private static int whole(@Nullable String text, int otherwise) {
    int value = ClusterOptions.score(text, otherwise);
    return Math.max(0, value);
  }

  /// Parameters that hold on a node: its own, its template's, its ancestors'.
  SortedMap<String, String> parameters(Resource resource, @Nullable Node node) {
    SortedMap<String, String> parameters = new TreeMap<>();
    RuleContext context = context(resource, node);
    for (Resource r = resource; r != null; r = r.parent) {
      AttributeBlocks.fill(parameters, r.element.parameters(), context, model.nextChange, null);
      if (r.element instanceof ResourceElement.Primitive primitive) {
        ResourceElement.Template template = templates.get(primitive.template());
        if (template != null) {
          AttributeBlocks.fill(parameters, template.parameters(), context, model.nextChange, null);
        }
      }
    }
    return parameters;
  }

  /// Parameters of an operation: its own go before those of the resource.
  SortedMap<String, String> withOwn(
      Resource resource,
      @Nullable Node node,
      @Nullable Operation operation,
      SortedMap<String, String> parameters) {
    if (operation == null || !operation.ownParameters()) {
      return parameters;
    }
    SortedMap<String, String> all = new TreeMap<>();
    AttributeBlocks.fill(
        all, operation.element().parameters(), context(resource, node), model.nextChange, null);
    for (var parameter : parameters.entrySet()) {
      all.putIfAbsent(parameter.getKey(), parameter.getValue());
    }
    return all;
  }

  RuleContext context(Resource resource, @Nullable Node node) {
    RuleContext context = model.time.of(agent(resource));
    return node == null ? context : context.onNode(node::attribute);
  }
}
