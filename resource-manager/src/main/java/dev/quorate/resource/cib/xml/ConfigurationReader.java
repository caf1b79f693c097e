package dev.quorate.resource.cib.xml;

import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibConfiguration.FencingLevel;
import dev.quorate.resource.cib.CibConfiguration.Tag;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.Element;
import dev.quorate.resource.cib.ResourceElement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/// Reads what an operator has decided.
final class ConfigurationReader {
  private final Problems problems;
  private final Identities identities;
  private final BlockReader blocks;
  private final ResourceReader resourceReader;
  private final ConstraintReader constraintReader;

  private final List<AttributeBlock> properties = new ArrayList<>();
  private final List<AttributeBlock> resourceDefaults = new ArrayList<>();
  private final List<AttributeBlock> operationDefaults = new ArrayList<>();
  private final List<CibNode> nodes = new ArrayList<>();
  private final List<ResourceElement> resources = new ArrayList<>();
  private final List<ResourceElement.Template> templates = new ArrayList<>();
  private final List<ConstraintElement> constraints = new ArrayList<>();
  private final List<Tag> tags = new ArrayList<>();
  private final List<FencingLevel> levels = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final List<Element> kept = new ArrayList<>();

  private ConfigurationReader(Problems problems, Identities identities) {
    this.problems = problems;
    this.identities = identities;
    RuleReader rules = new RuleReader(problems, identities);
    blocks = new BlockReader(problems, identities, rules);
    resourceReader = new ResourceReader(problems, identities, blocks);
    constraintReader = new ConstraintReader(problems, identities, rules);
  }

  static CibConfiguration read(Element element, Problems problems) {
    return new ConfigurationReader(problems, Identities.of(element, problems)).all(element);
  }

  private CibConfiguration all(Element element) {
    Fields fields = new Fields(element, problems);
    for (Element section : element.children()) {
      fields.children(section.name());
      section(section);
    }
    constraintReader.done();
    fields.done();
    return new CibConfiguration(
        properties,
        resourceDefaults,
        operationDefaults,
        nodes,
        resources,
        templates,
        constraints,
        tags,
        levels,
        kept);
  }

  private void section(Element section) {
    Fields fields = new Fields(section, problems);
    switch (section.name()) {
      case "crm_config" -> properties.addAll(blocks.all(fields.children("cluster_property_set")));
      case "rsc_defaults" ->
          resourceDefaults.addAll(blocks.all(fields.children("meta_attributes")));
      case "op_defaults" ->
          operationDefaults.addAll(blocks.all(fields.children("meta_attributes")));
      case "nodes" -> fields.children("node").forEach(this::node);
      case "resources" -> {
        fields
            .children(ResourceReader.CHILD_KINDS)
            .forEach(child -> resourceReader.read(child).ifPresent(resources::add));
        fields.children("template").forEach(child -> templates.add(resourceReader.template(child)));
      }
      case "constraints" ->
          fields
              .children(ConstraintReader.KINDS)
              .forEach(child -> constraints.add(constraintReader.read(child)));
      case "tags" -> fields.children("tag").forEach(this::tag);
      case "fencing-topology" -> fields.children("fencing-level").forEach(this::level);
      case "alerts", "acls" -> {
        kept.add(section);
        return;
      }
      default -> {
        problems.notice(
            section, "the element \"" + section.name() + "\" in configuration is kept and ignored");
        kept.add(section);
        return;
      }
    }
    fields.done();
  }

  private void node(Element element) {
    Fields fields = new Fields(element, problems);
    String type = fields.oneOf("type", "member", "normal", "ping", "remote");
    String name = fields.required("uname");
    if (!name.isEmpty() && !nodeNames.add(name.toLowerCase(Locale.ROOT))) {
      problems.notice(element, "another node has the name \"" + Fields.shown(name) + "\", too");
    }
    nodes.add(
        new CibNode(
            fields.id(),
            name,
            type.isEmpty() || type.equals("normal") ? "member" : type,
            fields.score("score").orElse(0),
            blocks.all(fields.children("instance_attributes")),
            blocks.all(fields.children("utilization"))));
    fields.done();
  }

  private void tag(Element element) {
    Fields fields = new Fields(element, problems);
    List<String> references = new ArrayList<>();
    for (Element child : fields.children("obj_ref")) {
      Fields reference = new Fields(child, problems);
      String id = reference.required("id");
      if (!id.isEmpty() && !identities.exists(id)) {
        problems.refuse(child, "the tag refers to what does not exist");
      }
      references.add(id);
      reference.done();
    }
    tags.add(new Tag(fields.id(), references));
    fields.done();
  }

  private void level(Element element) {
    Fields fields = new Fields(element, problems);
    TreeMap<String, String> targets = new TreeMap<>();
    for (String kind : List.of("target", "target-pattern", "target-attribute")) {
      String target = fields.text(kind);
      if (!target.isEmpty()) {
        targets.put(kind, target);
      }
    }
    String value = fields.text("target-value");
    if (targets.size() != 1) {
      problems.refuse(
          element, "a fencing-level needs one of target, target-pattern and target-attribute");
      targets.putIfAbsent("target", "");
    }
    List<String> devices = new ArrayList<>();
    for (String device : fields.required("devices").split(",", -1)) {
      String id = device.strip();
      if (!id.isEmpty()) {
        devices.add(id);
        if (!identities.isConstrainable(id)) {
          problems.refuse(element, "there is no fence device \"" + Fields.shown(id) + "\"");
        }
      }
    }
    fields.required("index");
    levels.add(
        new FencingLevel(
            fields.id(),
            targets.firstKey(),
            targets.getOrDefault(targets.firstKey(), ""),
            value,
            fields.integer("index").orElse(0),
            devices));
    fields.done();
  }
}
