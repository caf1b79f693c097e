package dev.quorate.resource.core.exchange;

import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.FlagText;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.OperationDefaults;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.core.state.ConfigurationTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Turns the resources of a document into definitions, as the commands that create them do.
final class ResourceTranslation {
  /// The meta-attribute of what is held back until it is promotable.
  private static final String AWAITS = "awaits";

  private static final String TARGET_ROLE = "target-role";

  private final ClusterConfiguration present;
  private final KnownAgents agents;
  private final Findings findings;
  private final List<ResourceDefinition> resources = new ArrayList<>();
  private final List<GroupDefinition> groups = new ArrayList<>();
  private final List<FenceDeviceDefinition> devices = new ArrayList<>();
  private final TreeSet<String> refused = new TreeSet<>();

  ResourceTranslation(ClusterConfiguration present, KnownAgents agents, Findings findings) {
    this.present = present;
    this.agents = agents;
    this.findings = findings;
  }

  List<ResourceDefinition> resources() {
    return resources;
  }

  List<GroupDefinition> groups() {
    return groups;
  }

  List<FenceDeviceDefinition> devices() {
    return devices;
  }

  /// Whether it was told already that this one cannot be imported.
  boolean refused(String id) {
    return refused.contains(id);
  }

  void add(ResourceElement element) {
    switch (element) {
      case ResourceElement.Primitive p when p.agentClass().equals("stonith") -> device(p);
      case ResourceElement.Primitive p -> primitive(p, new Form.Primitive());
      case ResourceElement.Clone c -> clone(c);
      case ResourceElement.Group g -> group(g, new Form.Primitive());
      case ResourceElement.Bundle b -> {
        refuse(b.id(), "bundles are not managed: remove it");
        b.child().ifPresent(c -> refused.add(c.id()));
      }
      case ResourceElement.Template _ -> {
        // It is written out into the resources that use it.
      }
    }
  }

  private void refuse(String id, String message) {
    refused.add(id);
    findings.refuse(id, message);
  }

  private void clone(ResourceElement.Clone clone) {
    ResourceElement child = clone.child();
    refused.add(child.id());
    if (child instanceof ResourceElement.Group group) {
      group.members().forEach(m -> refused.add(m.id()));
    }
    SortedMap<String, String> meta = meta(clone.id(), clone.meta());
    boolean promotable = clone.promotable() || flag(meta.getOrDefault("promotable", "false"));
    if (flag(meta.getOrDefault("globally-unique", "false"))) {
      refuse(clone.id(), "globally-unique=true is not managed: a node has one instance; remove it");
      return;
    }
    if (!promotable && flag(meta.getOrDefault("notify", "false"))) {
      refuse(
          clone.id(),
          "notify=true is not managed: instances are not told of each other; remove it");
      return;
    }
    described(clone.id(), clone.description());
    Optional<Form> form = form(clone.id(), meta, promotable);
    if (form.isEmpty()) {
      return;
    }
    switch (child) {
      case ResourceElement.Primitive primitive -> primitive(primitive, form.get());
      case ResourceElement.Group group when promotable ->
          refuse(
              clone.id(),
              "groups cannot be promoted: make a promotable clone of a single resource of "
                  + group.id());
      case ResourceElement.Group group -> group(group, form.get());
      case ResourceElement.Clone _, ResourceElement.Bundle _, ResourceElement.Template _ ->
          refuse(clone.id(), "a clone is made of a resource or a group: remove it");
    }
  }

  private void group(ResourceElement.Group group, Form form) {
    Optional<ResourceId> id = legal(group.id());
    described(group.id(), group.description());
    SortedMap<String, String> meta = meta(group.id(), group.meta());
    List<ResourceId> members = new ArrayList<>();
    for (ResourceElement.Primitive member : group.members()) {
      if (member.agentClass().equals("stonith")) {
        refuse(member.id(), "a fence device cannot be a member of a group: write it outside");
      } else {
        primitive(member, new Form.Primitive());
        resources.stream()
            .filter(r -> r.id().name().equals(member.id()))
            .forEach(r -> {
              members.add(r.id());
              refused.remove(member.id());
            });
      }
    }
    if (id.isPresent() && members.size() == group.members().size()) {
      groups.add(new GroupDefinition(id.get(), members, meta, form));
      refused.remove(group.id());
    } else {
      refused.add(group.id());
      id.ifPresent(legal -> refused.add(form.publicId(legal).name()));
    }
  }

  private static boolean flag(String text) {
    return FlagText.parse(text).orElse(false);
  }

  private SortedMap<String, String> meta(String id, List<AttributeBlock> blocks) {
    SortedMap<String, String> meta = new TreeMap<>();
    findings
        .values(id, "meta-attributes", blocks, Optional.empty())
        .forEach((name, value) -> meta.put(Words.meta(name), Words.metaValue(name, value)));
    return meta;
  }

  private Optional<Form> form(String clone, SortedMap<String, String> meta, boolean promotable) {
    meta.remove("promotable");
    Optional<ResourceId> id = legal(clone);
    int most = number(clone, meta, "clone-max", 0);
    int promoted = number(clone, meta, "promoted-max", 1);
    for (String one : List.of("clone-node-max", "promoted-node-max")) {
      if (number(clone, meta, one, 1) > 1) {
        refuse(clone, one + " must be 1: leave it out");
      }
    }
    return refused.contains(clone)
        ? Optional.empty()
        : id.map(legal ->
            promotable
                ? new Form.Promotable(legal, most, promoted, meta)
                : new Form.Clone(legal, most, meta));
  }

  /// Takes a number of instances.
  private int number(String clone, SortedMap<String, String> meta, String name, int standard) {
    String text = meta.remove(name);
    if (text == null) {
      return standard;
    }
    if (!text.matches("[1-9][0-9]{0,3}")) {
      refuse(clone, "%s is %s: write a whole number from 1 on".formatted(name, text));
      return standard;
    }
    return Integer.parseInt(text);
  }

  private Optional<ResourceId> legal(String id) {
    try {
      return Optional.of(new ResourceId(id));
    } catch (IllegalArgumentException e) {
      refuse(id, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private void described(String id, String description) {
    if (!description.isEmpty()) {
      findings.notice(id, "the description is not kept");
    }
  }

  private void primitive(ResourceElement.Primitive element, Form form) {
    String id = element.id();
    Optional<ResourceId> legal = legal(id);
    if (legal.isEmpty()) {
      return;
    }
    described(id, element.description());
    AgentType type = new AgentType(element.agentClass(), element.provider(), element.type());
    Optional<KnownAgents.Known> known = agents.agent(type);
    List<OperationDefinition> defaults = known.map(KnownAgents.Known::operations).orElse(List.of());
    List<OperationDefinition> operations =
        new OperationTranslation(id, defaults, findings).all(element.operations());
    ResourceDefinition written =
        new ResourceDefinition(
            legal.get(),
            type,
            findings.values(id, "parameters", element.parameters(), Optional.empty()),
            meta(id, element.meta()),
            operations,
            form,
            findings.values(id, "utilization", element.utilization(), Optional.empty()));
    Optional<ResourceDefinition> now =
        present.resources().stream().filter(r -> r.id().equals(written.id())).findFirst();
    ResourceDefinition shown =
        now.map(n -> written.withParameters(Secrets.filled(written.parameters(), n.parameters())))
            .orElse(written);
    if (now.equals(Optional.of(shown))) {
      keep(shown);
    } else if (now.isPresent()
        && ConfigurationTrial.idle(present, new ConfigurationChange.ReplaceResource(shown))) {
      keep(shown);
    } else {
      checked(written, known);
    }
  }

  private void keep(ResourceDefinition resource) {
    resources.add(resource);
    if (resource.form().cloned()) {
      refused.remove(resource.id().name());
    }
  }

  /// What is new or changed must be good, as if it were typed.
  private void checked(ResourceDefinition written, Optional<KnownAgents.Known> known) {
    String id = written.id().name();
    if (known.isEmpty()) {
      refuse(
          id,
          "agent %s is not known: %s".formatted(written.agent(), agents.instead(written.agent())));
      return;
    }
    KnownAgents.Known agent = known.get();
    List<String> blanked = blanked(written.parameters());
    if (!blanked.isEmpty()) {
      refuse(
          id,
          "%s is blanked: write the value, or export with --secrets"
              .formatted(String.join(", ", blanked)));
    }
    if (written.promotable() && !agent.promotable()) {
      refuse(id, "agent " + agent.name() + " is not promotable: remove promotable");
    }
    if (written.form() instanceof Form.Clone && agent.holdsData()) {
      refuse(id, "agent " + agent.name() + " holds data: write promotable=true into the clone");
      return;
    }
    agents.problems(agent.name(), written.parameters()).forEach(p -> refuse(id, p));
    SortedMap<String, String> meta = new TreeMap<>(written.meta());
    if (agent.holdsData()) {
      meta.put(Primacy.HOLDS_DATA, "true");
      if (!written.promotable()) {
        meta.put(TARGET_ROLE, "Stopped");
        meta.put(AWAITS, "promotable");
        findings.notice(id, "it is held back until it is made promotable");
      }
    }
    keep(
        new ResourceDefinition(
            written.id(),
            agent.name(),
            written.parameters(),
            meta,
            OperationDefaults.complete(written.operations(), agent.operations()),
            written.form(),
            written.utilization()));
  }

  private static List<String> blanked(SortedMap<String, String> parameters) {
    return parameters.entrySet().stream()
        .filter(e -> Secrets.blanked(e.getValue()))
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  private void device(ResourceElement.Primitive element) {
    String id = element.id();
    Optional<ResourceId> legal = legal(id);
    if (legal.isEmpty()) {
      return;
    }
    described(id, element.description());
    if (!element.utilization().isEmpty()) {
      findings.notice(id, "utilization of fence devices does not count");
    }
    if (!element.operations().isEmpty()) {
      findings.notice(id, "operations of fence devices do not count");
    }
    SortedMap<String, String> typed =
        new TreeMap<>(findings.values(id, "parameters", element.parameters(), Optional.empty()));
    typed.putAll(meta(id, element.meta()));
    SortedMap<String, String> parameters = agents.deviceParameters(typed);
    Optional<FenceDeviceDefinition> now =
        present.fenceDevices().stream().filter(d -> d.id().equals(legal.get())).findFirst();
    SortedMap<String, String> shown =
        now.map(n -> Secrets.filled(parameters, n.parameters())).orElse(parameters);
    FenceDeviceDefinition filled = new FenceDeviceDefinition(legal.get(), element.type(), shown);
    if (now.equals(Optional.of(filled))) {
      devices.add(filled);
      return;
    }
    List<String> blanked = blanked(parameters);
    if (!blanked.isEmpty()) {
      refuse(
          id,
          "%s is blanked: write the value, or export with --secrets"
              .formatted(String.join(", ", blanked)));
    }
    agents.deviceProblems(id, element.type(), parameters).forEach(p -> refuse(id, p));
    devices.add(new FenceDeviceDefinition(legal.get(), element.type(), parameters));
  }
}
