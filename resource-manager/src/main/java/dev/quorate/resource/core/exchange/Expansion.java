package dev.quorate.resource.core.exchange;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.ResourceElement.Operation;
import dev.quorate.resource.cib.ResourceElement.Primitive;
import dev.quorate.resource.cib.ResourceElement.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes out into each resource what a document says once for many: templates, the parameters of
/// groups and clones, and the defaults of operations. The live cluster knows them no more.
final class Expansion {
  /// More than the scores of blocks differ by: how far a layer lies below the one above.
  private static final int LAYER = 10_000_000;

  private static final List<String> PROMOTABLE = List.of("start", "stop", "promote", "demote");
  private static final List<String> PLAIN = List.of("start", "stop");

  private final Findings findings;
  private final SortedMap<String, Template> templates = new TreeMap<>();
  private final SequencedMap<String, List<String>> uses = new LinkedHashMap<>();
  private final SortedMap<String, String> operationDefaults;

  private Expansion(CibConfiguration configuration, Findings findings) {
    this.findings = findings;
    configuration.templates().forEach(t -> templates.put(t.id(), t));
    this.operationDefaults = operationDefaults(configuration);
  }

  /// The resources with all that holds for them, and what uses each template.
  record Result(List<ResourceElement> resources, SequencedMap<String, List<String>> templates) {}

  static Result of(CibConfiguration configuration, Findings findings) {
    Expansion expansion = new Expansion(configuration, findings);
    List<ResourceElement> resources =
        configuration.resources().stream().map(expansion::element).toList();
    expansion.uses.forEach((template, users) ->
        findings.notice(
            template,
            "the template is written out into %s, and not kept"
                .formatted(String.join(", ", users))));
    return new Result(resources, expansion.uses);
  }

  private SortedMap<String, String> operationDefaults(CibConfiguration configuration) {
    SortedMap<String, String> defaults = new TreeMap<>();
    List<AttributeBlock> blocks = configuration.operationDefaults();
    findings
        .values("the cluster", "operation defaults", blocks, Optional.empty())
        .forEach((name, value) -> {
          switch (name) {
            case "timeout", "on-fail" -> defaults.put(name, value);
            case "record-pending", "interval-origin", "start-delay" ->
                findings.notice(Findings.entry(blocks, name), name + " does not count");
            default ->
                findings.refuse(
                    Findings.entry(blocks, name),
                    "%s as a default of operations is not managed: write it into the operations"
                        .formatted(name));
          }
        });
    if (!defaults.isEmpty()) {
      findings.notice(
          blocks.getFirst().id(),
          "the defaults of operations are written out into each resource, and not kept");
    }
    return defaults;
  }

  private ResourceElement element(ResourceElement element) {
    return switch (element) {
      case Primitive p when p.agentClass().equals("stonith") -> p;
      case Primitive p -> primitive(p, List.of(), PLAIN);
      case ResourceElement.Group g -> group(g, List.of());
      case ResourceElement.Clone c -> clone(c);
      case ResourceElement.Bundle b -> b;
      case Template t -> t;
    };
  }

  private ResourceElement clone(ResourceElement.Clone clone) {
    written(clone.id(), clone.parameters());
    List<AttributeBlock> parameters = below(clone.parameters(), 3);
    ResourceElement child =
        switch (clone.child()) {
          case Primitive p -> primitive(p, parameters, PROMOTABLE);
          case ResourceElement.Group g -> group(g, parameters);
          case ResourceElement.Clone c -> c;
          case ResourceElement.Bundle b -> b;
          case Template t -> t;
        };
    return new ResourceElement.Clone(
        clone.id(), clone.description(), clone.promotable(), clone.meta(), List.of(), child);
  }

  private ResourceElement.Group group(ResourceElement.Group group, List<AttributeBlock> inherited) {
    written(group.id(), group.parameters());
    List<AttributeBlock> parameters = new ArrayList<>(below(group.parameters(), 2));
    parameters.addAll(inherited);
    return new ResourceElement.Group(
        group.id(),
        group.description(),
        group.meta(),
        List.of(),
        group.members().stream().map(m -> primitive(m, parameters, PLAIN)).toList());
  }

  private void written(String id, List<AttributeBlock> parameters) {
    if (!parameters.isEmpty()) {
      findings.notice(id, "its parameters are written out into the resources in it");
    }
  }

  private Primitive primitive(
      Primitive p, List<AttributeBlock> inherited, List<String> operations) {
    Optional<Template> template = Optional.ofNullable(templates.get(p.template()));
    template.ifPresent(t -> uses.computeIfAbsent(t.id(), _ -> new ArrayList<>()).add(p.id()));
    List<AttributeBlock> parameters =
        and(p.parameters(), template.map(Template::parameters).orElse(List.of()));
    parameters.addAll(inherited);
    return new Primitive(
        p.id(),
        template.map(Template::agentClass).orElse(p.agentClass()),
        template.map(Template::provider).orElse(p.provider()),
        template.map(Template::type).orElse(p.type()),
        template.isPresent() ? "" : p.template(),
        p.description(),
        and(p.meta(), template.map(Template::meta).orElse(List.of())),
        parameters,
        and(p.utilization(), template.map(Template::utilization).orElse(List.of())),
        operations(p, template, operations));
  }

  private static List<AttributeBlock> and(List<AttributeBlock> own, List<AttributeBlock> template) {
    List<AttributeBlock> blocks = new ArrayList<>(own);
    blocks.addAll(below(template, 1));
    return blocks;
  }

  private static List<AttributeBlock> below(List<AttributeBlock> blocks, int layer) {
    return blocks.stream()
        .map(b ->
            new AttributeBlock(
                b.id(), b.reference(), b.score() - layer * LAYER, b.rule(), b.entries()))
        .toList();
  }

  private List<Operation> operations(
      Primitive p, Optional<Template> template, List<String> always) {
    List<Operation> operations = new ArrayList<>(p.operations());
    for (Operation inherited : template.map(Template::operations).orElse(List.of())) {
      if (operations.stream().noneMatch(own -> same(own, inherited))) {
        operations.add(inherited);
      }
    }
    if (operationDefaults.isEmpty()) {
      return operations;
    }
    for (String name : always) {
      if (operations.stream().noneMatch(o -> o.name().equals(name))) {
        operations.add(
            new Operation(p.id() + "-" + name, name, 0, new TreeMap<>(), List.of(), List.of()));
      }
    }
    return operations.stream().map(this::withDefaults).toList();
  }

  private static boolean same(Operation one, Operation other) {
    return one.name().equals(other.name()) && role(one).equals(role(other));
  }

  private static String role(Operation operation) {
    String role = Words.metaValue("target-role", operation.attributes().getOrDefault("role", ""));
    return role.toLowerCase(Locale.ROOT).equals("promoted") ? role : "";
  }

  private Operation withDefaults(Operation operation) {
    SortedMap<String, String> attributes = new TreeMap<>(operationDefaults);
    attributes.putAll(operation.attributes());
    return new Operation(
        operation.id(),
        operation.name(),
        operation.intervalMillis(),
        attributes,
        operation.meta(),
        operation.parameters());
  }
}
