package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.OperationDefaults;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// `resource create` and `resource promotable`.
final class ResourceCreation {
  private static final List<String> SECTIONS =
      List.of("op", "meta", "clone", "promotable", OldWords.PROMOTABLE_VERB);
  private static final String HOLDS_DATA = "holds-data";
  private static final String TARGET_ROLE = "target-role";
  private static final String AWAITS = "awaits";
  private static final Duration PROBE = Duration.ofSeconds(30);

  private ResourceCreation() {}

  static void create(Invocation in) {
    Words words = in.words();
    ResourceId id = in.legalId(words.take("ID"));
    String typed = words.take("AGENT");
    ResourceAgent agent = in.cluster().agents().named(typed);
    AgentMetadata metadata = agent.metadata();
    SortedMap<String, String> parameters = words.settings();
    if (words.has() && !SECTIONS.contains(words.peek())) {
      throw HactlError.usage(
          "'" + words.peek() + "' is neither name=value nor a section",
          "use name=value, op, meta, clone or promotable");
    }
    checkParameters(id, agent, parameters);
    List<OperationDefinition> operations = new ArrayList<>();
    SortedMap<String, String> meta = new TreeMap<>();
    ResourceDefinition.Form form = new ResourceDefinition.Form.Primitive();
    while (words.has()) {
      String section = words.take("section");
      switch (section) {
        case "op" ->
            operations.addAll(
                Operations.parse(
                    words,
                    metadata.operations(),
                    List.of("meta", "clone", "promotable", OldWords.PROMOTABLE_VERB)));
        case "meta" -> meta.putAll(MetaAttributes.present(words.settings()));
        case "clone", "promotable", OldWords.PROMOTABLE_VERB ->
            form = form(in, id, metadata, section.equals("clone"));
        default ->
            throw HactlError.usage("unexpected '" + section + "'", "use op, meta or promotable");
      }
    }
    if (metadata.holdsData()) {
      meta.put(HOLDS_DATA, "true");
    }
    if (in.options().disabled()) {
      meta.put(TARGET_ROLE, "Stopped");
    } else if (metadata.holdsData() && form instanceof ResourceDefinition.Form.Primitive) {
      meta.put(TARGET_ROLE, "Stopped");
      meta.put(AWAITS, "promotable");
      in.out()
          .remark(
              "Note: '"
                  + id
                  + "' is held back until it is made promotable: hactl resource"
                  + " promotable "
                  + id);
    }
    ResourceDefinition resource =
        new ResourceDefinition(
            id,
            preferredName(in, typed, metadata),
            parameters,
            meta,
            OperationDefaults.complete(operations, metadata.operations()),
            form);
    List<ConfigurationChange> changes = new ArrayList<>();
    changes.add(new ConfigurationChange.CreateResource(resource));
    String group = in.options().own().get(Options.GROUP);
    if (group != null) {
      changes.addAll(GroupCommands.changes(in, in.legalId(group), List.of(id)));
    }
    in.change(changes.toArray(ConfigurationChange[]::new));
    MemberTargets.lines(in.configuration()).forEach(line -> in.out().remark("Note: " + line));
    in.settle(resource.publicId() + " is running", state -> Placements.settled(state, resource));
  }

  /// The name that was typed, if the agent knows it; otherwise the agent's own, with a remark.
  private static AgentType preferredName(Invocation in, String typed, AgentMetadata metadata) {
    AgentType name = AgentType.parse(typed);
    if (metadata.names().contains(name)) {
      return name;
    }
    AgentType own = metadata.names().getFirst();
    in.out().remark("Note: '" + typed + "' is the built-in agent '" + own + "'");
    return own;
  }

  static void checkParameters(
      ResourceId id, ResourceAgent agent, SortedMap<String, String> parameters) {
    List<String> problems = InstalledAgents.problems(agent, parameters);
    if (!problems.isEmpty()) {
      throw HactlError.usage(
          "resource '" + id + "': " + String.join("; ", problems),
          "see 'hactl resource describe " + agent.metadata().names().getFirst() + "'");
    }
  }

  private static ResourceDefinition.Form form(
      Invocation in, ResourceId id, AgentMetadata metadata, boolean plainClone) {
    if (!metadata.promotable() && !plainClone) {
      throw HactlError.usage(
          "agent '" + metadata.names().getFirst() + "' is not promotable",
          "use clone, or leave out the promotable section");
    }
    if (plainClone && metadata.promotable() && !in.options().force()) {
      in.out().remark("Note: the agent is promotable, so '" + id + "' becomes a promotable clone");
    }
    Words words = in.words();
    boolean named =
        words.has() && words.peek().indexOf('=') < 0 && !SECTIONS.contains(words.peek());
    ResourceId cloneId = in.legalId(named ? words.take("clone id") : id + "-clone");
    SortedMap<String, String> settings = CloneCommands.settings(words);
    return metadata.promotable()
        ? promotable(cloneId, settings)
        : new ResourceDefinition.Form.Clone(cloneId, 0, settings);
  }

  private static ResourceDefinition.Form.Promotable promotable(
      ResourceId cloneId, SortedMap<String, String> settings) {
    SortedMap<String, String> meta = MetaAttributes.present(settings);
    meta.remove("promotable");
    int cloneMax = number(meta.remove("clone-max"), 0);
    int promotedMax = number(meta.remove("promoted-max"), 1);
    for (String one : List.of("clone-node-max", "promoted-node-max")) {
      if (number(meta.remove(one), 1) != 1) {
        throw HactlError.usage("'" + one + "' must be 1", "leave it out");
      }
    }
    return new ResourceDefinition.Form.Promotable(cloneId, cloneMax, promotedMax, meta);
  }

  private static int number(@Nullable String text, int standard) {
    if (text != null && !text.matches("\\d{1,4}")) {
      throw HactlError.usage("'" + text + "' is not a number of instances", "use a whole number");
    }
    return text == null ? standard : Integer.parseInt(text);
  }

  /// `resource promotable R [ID] [NAME=VALUE…]`
  static void promotable(Invocation in) {
    Words words = in.words();
    String name = words.take("RESOURCE");
    boolean named = words.has() && words.peek().indexOf('=') < 0 && !words.peek().equals("meta");
    makePromotable(in, in.resource(name), named ? words.take("ID") : name + "-clone");
  }

  /// The order of pcs 0.9: first the id of the clone, then the resource.
  static void promotableOld(Invocation in) {
    String id = in.words().take("ID");
    makePromotable(in, in.resource(in.words().take("RESOURCE")), id);
  }

  private static void makePromotable(Invocation in, ResourceDefinition resource, String id) {
    SortedMap<String, String> settings = in.words().settings();
    while (in.words().skip("meta")) {
      settings.putAll(in.words().settings());
    }
    in.words().end();
    if (resource.promotable()) {
      throw HactlError.failed(
          "'" + resource.id() + "' is already promotable, as '" + resource.publicId() + "'",
          "nothing is to be done");
    }
    if (!in.cluster().agents().named(resource.agent().toString()).metadata().promotable()) {
      throw HactlError.usage(
          "agent '" + resource.agent() + "' of '" + resource.id() + "' is not promotable",
          "only agents that can promote make a promotable clone");
    }
    SortedMap<String, String> meta = new TreeMap<>(resource.meta());
    if (meta.remove(AWAITS) != null) {
      meta.remove(TARGET_ROLE);
    }
    ResourceDefinition promotable =
        resource.withMeta(meta).as(promotable(in.legalId(id), settings));
    // Nobody knows whether a new resource runs somewhere before every node has looked.
    var _ = in.cluster().await(state -> Placements.stopped(state, resource), PROBE);
    in.change(new ConfigurationChange.ReplaceResource(promotable));
    in.settle(id + " has a promoted instance", state -> Placements.settled(state, promotable));
  }
}
