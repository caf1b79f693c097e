package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.Element;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.ResourceElement.Operation;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import dev.quorate.resource.cib.ResourceElement.Template;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads resources and templates.
final class ResourceReader {
  static final String[] CHILD_KINDS = {"primitive", "group", "clone", "master", "bundle"};

  private final Problems problems;
  private final Identities identities;
  private final BlockReader blocks;
  private final IdentityHashMap<Element, Operation> operations = new IdentityHashMap<>();
  private final IdentityHashMap<Element, List<Operation>> operationLists = new IdentityHashMap<>();

  ResourceReader(Problems problems, Identities identities, BlockReader blocks) {
    this.problems = problems;
    this.identities = identities;
    this.blocks = blocks;
  }

  /// Any resource; empty, and refused, if it cannot be one.
  Optional<ResourceElement> read(Element element) {
    return switch (element.name()) {
      case "primitive" -> Optional.of(primitive(element));
      case "group" -> Optional.of(group(element));
      case "bundle" -> Optional.of(bundle(element));
      default -> clone(element);
    };
  }

  /// What primitives have in common.
  Template template(Element element) {
    Fields fields = new Fields(element, problems);
    Template template =
        new Template(
            fields.id(),
            fields.required("class"),
            fields.text("provider"),
            fields.required("type"),
            fields.text("description"),
            meta(fields),
            parameters(fields),
            blocks.all(fields.children("utilization")),
            operations(fields));
    fields.done();
    return template;
  }

  private Primitive primitive(Element element) {
    Fields fields = new Fields(element, problems);
    String template = fields.text("template");
    boolean complete = template.isEmpty();
    if (!complete && !identities.isTemplate(template)) {
      problems.refuse(element, "there is no template \"" + Fields.shown(template) + "\"");
    }
    Primitive primitive =
        new Primitive(
            fields.id(),
            complete ? fields.required("class") : fields.text("class"),
            fields.text("provider"),
            complete ? fields.required("type") : fields.text("type"),
            template,
            fields.text("description"),
            meta(fields),
            parameters(fields),
            blocks.all(fields.children("utilization")),
            operations(fields));
    fields.done();
    return primitive;
  }

  private ResourceElement group(Element element) {
    Fields fields = new Fields(element, problems);
    List<Primitive> members = new ArrayList<>();
    fields.children("primitive").forEach(child -> members.add(primitive(child)));
    if (members.isEmpty()) {
      problems.notice(element, "this group has no members");
    }
    ResourceElement group =
        new ResourceElement.Group(
            fields.id(), fields.text("description"), meta(fields), parameters(fields), members);
    fields.done();
    return group;
  }

  private Optional<ResourceElement> clone(Element element) {
    Fields fields = new Fields(element, problems);
    List<Element> children = fields.children(CHILD_KINDS);
    boolean single =
        children.size() == 1
            && (children.getFirst().name().equals("primitive")
                || children.getFirst().name().equals("group"));
    if (!single) {
      problems.refuse(element, "a clone must hold one primitive or one group");
    }
    String id = fields.id();
    String description = fields.text("description");
    List<AttributeBlock> meta = meta(fields);
    List<AttributeBlock> parameters = parameters(fields);
    fields.done();
    if (!single) {
      return Optional.empty();
    }
    boolean promotable = element.name().equals("master");
    return read(children.getFirst())
        .map(child ->
            new ResourceElement.Clone(id, description, promotable, meta, parameters, child));
  }

  private ResourceElement bundle(Element element) {
    Fields fields = new Fields(element, problems);
    List<Element> children = fields.children("primitive");
    if (children.size() > 1) {
      problems.refuse(element, "a bundle must not hold more than one primitive");
    }
    return new ResourceElement.Bundle(
        fields.id(),
        meta(fields),
        parameters(fields),
        element,
        children.stream().findFirst().map(this::primitive));
  }

  private List<AttributeBlock> meta(Fields fields) {
    return blocks.all(fields.children("meta_attributes"));
  }

  private List<AttributeBlock> parameters(Fields fields) {
    return blocks.all(fields.children("instance_attributes"));
  }

  private List<Operation> operations(Fields resource) {
    List<Operation> all = new ArrayList<>();
    for (Element list : resource.children("operations")) {
      Optional<Element> target = identities.resolve(list);
      if (target.isEmpty()) {
        continue;
      }
      List<Operation> known = operationLists.get(target.get());
      if (known == null) {
        known = operationList(target.get());
        operationLists.put(target.get(), known);
      }
      all.addAll(known);
    }
    return all;
  }

  private List<Operation> operationList(Element element) {
    Fields fields = new Fields(element, problems);
    fields.skip("id");
    List<Operation> list = new ArrayList<>();
    for (Element child : fields.children("op")) {
      identities.resolve(child).ifPresent(target -> list.add(operation(target)));
    }
    fields.done();
    return list;
  }

  private Operation operation(Element element) {
    Operation known = operations.get(element);
    if (known != null) {
      return known;
    }
    Fields fields = new Fields(element, problems);
    String id = fields.id();
    String name = fields.required("name");
    long interval = fields.interval("interval");
    Optional<String> role = fields.role("role").map(Scalars::name);
    SortedMap<String, String> rest = new TreeMap<>(fields.rest());
    role.ifPresent(word -> rest.put("role", word));
    Operation operation = new Operation(id, name, interval, rest, meta(fields), parameters(fields));
    fields.done();
    operations.put(element, operation);
    return operation;
  }
}
