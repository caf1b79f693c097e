package dev.quorate.resource.core.scheduling;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.FailCount;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.Holder;
import dev.quorate.resource.InstanceStatus;
import dev.quorate.resource.InstanceStatus.Certainty;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import dev.quorate.resource.SyncPromise;
import dev.quorate.resource.cib.xml.CibReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A small cluster written as text, one fact a line.
///
/// ```
/// node n1 [ONLINE|LOST|…] [standby] [maintenance]
/// property NAME VALUE
/// primitive ID [NAME=VALUE …]           meta-attributes; on-fail:KIND=WHAT for an operation
/// promotable ID [data] [NAME=VALUE …]   its clone is ID-clone
/// clone ID [NAME=VALUE …]               a plain one, ID-clone; clone:NAME=VALUE of the clone itself
/// group ID MEMBER,MEMBER [NAME=VALUE …] cloned as ID-clone with a word clone
/// is ID NODE ROLE [CERTAINTY]           everything else is known to be stopped
/// failed ID NODE COUNT KIND [MILLIS]
/// location CID ID NODE SCORE [ROLE]
/// colocation CID ID WITH SCORE [WITHROLE [ROLE]]
/// order CID FIRST ACTION THEN ACTION [optional] [asymmetrical]
/// <rsc_… …>                             a constraint as a document has it
/// has NODE NAME VALUE | uses ID NAME VALUE
/// attribute NODE NAME VALUE
/// held ID NODE [BOOT] | released ID NODE
/// open ID NODES | won ID NODE | blocked ID TEXT
/// switchover ID TARGET
/// running KIND ID NODE | fencing NODE
/// wall MILLIS | noquorum
/// ```
final class Scenario {
  final SortedMap<NodeId, NodeDefinition> nodes = new TreeMap<>();
  final SortedMap<NodeId, NodeStatus> statuses = new TreeMap<>();
  final SortedMap<String, String> properties = new TreeMap<>();
  final List<ResourceDefinition> resources = new ArrayList<>();
  final List<GroupDefinition> groups = new ArrayList<>();
  final List<Constraint> constraints = new ArrayList<>();
  final SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> instances = new TreeMap<>();
  final SortedMap<ResourceId, SortedMap<NodeId, FailCount>> failCounts = new TreeMap<>();
  final SortedMap<NodeId, SortedMap<String, String>> attributes = new TreeMap<>();
  final SortedMap<String, Intent> intents = new TreeMap<>();
  final SortedMap<ResourceId, Primacy> primacies = new TreeMap<>();
  final List<FencingRecord> fencings = new ArrayList<>();
  boolean quorate = true;
  private long wallMillis;

  static Scenario of(String text) {
    Scenario scenario = new Scenario();
    text.lines()
        .map(line -> line.replaceAll("(^|\\s)#( .*|$)", "").strip())
        .filter(line -> !line.isEmpty())
        .forEach(line -> scenario.read(Arrays.asList(line.split("\\s+"))));
    return scenario;
  }

  ClusterState state() {
    SortedMap<ResourceId, SortedMap<NodeId, InstanceStatus>> known = new TreeMap<>();
    for (ResourceDefinition resource : resources) {
      SortedMap<NodeId, InstanceStatus> byNode =
          new TreeMap<>(instances.getOrDefault(resource.id(), new TreeMap<>()));
      nodes.keySet().forEach(n -> byNode.putIfAbsent(n, status(Role.STOPPED, Certainty.KNOWN)));
      known.put(resource.id(), byNode);
    }
    return ClusterState.initial("test")
        .edit()
        .after(new LogPosition(1, 1, 1), wallMillis)
        .configuration(
            new ClusterConfiguration(
                "test",
                1,
                nodes,
                properties,
                new TreeMap<>(),
                resources,
                groups,
                constraints,
                List.of()))
        .nodes(statuses)
        .instances(known)
        .failCounts(failCounts)
        .attributes(attributes)
        .intents(intents)
        .primacies(primacies)
        .fencings(fencings)
        .build();
  }

  Plan plan() {
    return PlacementScheduler.plan(state(), quorate);
  }

  static InstanceStatus status(Role role, Certainty certainty) {
    String reason = certainty == Certainty.KNOWN ? "" : "for the test";
    return new InstanceStatus(role, certainty, 0, reason, LogPosition.NONE);
  }

  static NodeStatus presence(NodeStatus.Presence presence, String bootId) {
    return new NodeStatus(presence, new Incarnation(bootId, 1), LogPosition.NONE, "");
  }

  private void read(List<String> words) {
    String last = words.getLast();
    if (words.getFirst().startsWith("<rsc_")) {
      constraints.add(written(String.join(" ", words)));
      return;
    }
    switch (words.getFirst()) {
      case "node" -> node(words);
      case "property" -> properties.put(words.get(1), words.get(2));
      case "primitive", "promotable", "clone" -> resource(words);
      case "group" -> group(words);
      case "location", "colocation", "order" -> constraints.add(constraint(words));
      case "is" ->
          set(
              words.get(1),
              words.get(2),
              status(
                  Role.valueOf(words.get(3)),
                  words.size() > 4 ? Certainty.valueOf(words.get(4)) : Certainty.KNOWN));
      case "failed" -> failed(words);
      case "has" -> has(new NodeId(words.get(1)), words.get(2), last);
      case "uses" ->
          resources.replaceAll(r ->
              r.id().name().equals(words.get(1))
                  ? r.withUtilization(with(r.utilization(), words.get(2), last))
                  : r);
      case "attribute" ->
          attributes
              .computeIfAbsent(new NodeId(words.get(1)), _ -> new TreeMap<>())
              .put(words.get(2), words.get(3));
      case "held", "released", "open", "won", "blocked", "switchover" -> primacy(words);
      case "running" ->
          begin(
              new Action.OperationAction(
                  OperationKind.valueOf(words.get(1)),
                  new ResourceId(words.get(2)),
                  new NodeId(words.get(3))));
      case "fencing" -> begin(new Action.FenceAction(new NodeId(last), "b1", true));
      case "wall" -> wallMillis = Long.parseLong(last);
      case "noquorum" -> quorate = false;
      default -> throw new IllegalArgumentException(words.toString());
    }
  }

  private void node(List<String> words) {
    NodeId id = new NodeId(words.get(1));
    SortedMap<String, String> options = new TreeMap<>();
    NodeStatus.Presence presence = NodeStatus.Presence.ONLINE;
    for (String word : words.subList(2, words.size())) {
      if (word.equals(word.toUpperCase(Locale.ROOT))) {
        presence = NodeStatus.Presence.valueOf(word);
      } else {
        options.put(word, "on");
      }
    }
    nodes.put(id, new NodeDefinition(id, id.name(), true, options));
    statuses.put(id, presence(presence, "b1"));
  }

  private void has(NodeId id, String name, String value) {
    nodes.computeIfPresent(
        id,
        (_, n) ->
            new NodeDefinition(
                id, n.address(), true, n.attributes(), with(n.utilization(), name, value)));
  }

  private static SortedMap<String, String> with(
      SortedMap<String, String> before, String name, String value) {
    SortedMap<String, String> after = new TreeMap<>(before);
    after.put(name, value);
    return after;
  }

  private void resource(List<String> words) {
    ResourceId id = new ResourceId(words.get(1));
    SortedMap<String, String> meta = new TreeMap<>();
    SortedMap<String, String> ofClone = new TreeMap<>();
    List<OperationDefinition> operations = new ArrayList<>();
    for (String word : words.subList(2, words.size())) {
      if (word.equals("data")) {
        primacies.put(id, Primacy.initial(id));
      } else if (word.startsWith("on-fail:")) {
        String[] parts = word.substring(8).split("=", 2);
        operations.add(
            new OperationDefinition(
                OperationKind.valueOf(parts[0]),
                Duration.ZERO,
                Duration.ofSeconds(9),
                Role.STARTED,
                OnFail.valueOf(parts[1])));
      } else {
        setting(word.startsWith("clone:") ? ofClone : meta, word.replaceFirst("^clone:", ""));
      }
    }
    ResourceId clone = new ResourceId(id + "-clone");
    ResourceDefinition.Form form =
        switch (words.getFirst()) {
          case "promotable" -> new ResourceDefinition.Form.Promotable(clone, 0, 1, ofClone);
          case "clone" ->
              new ResourceDefinition.Form.Clone(
                  clone, Integer.parseInt(ofClone.getOrDefault("clone-max", "0")), ofClone);
          default -> new ResourceDefinition.Form.Primitive();
        };
    resources.add(
        new ResourceDefinition(
            id, AgentType.parse("ocf:test:thing"), new TreeMap<>(), meta, operations, form));
  }

  private static void setting(SortedMap<String, String> into, String word) {
    String[] parts = word.split("=", 2);
    into.put(parts[0], parts[1]);
  }

  private void group(List<String> words) {
    ResourceId id = new ResourceId(words.get(1));
    SortedMap<String, String> meta = new TreeMap<>();
    words.stream().skip(3).filter(w -> w.contains("=")).forEach(w -> setting(meta, w));
    groups.add(
        new GroupDefinition(
            id,
            Arrays.stream(words.get(2).split(",")).map(ResourceId::new).toList(),
            meta,
            words.contains("clone")
                ? new ResourceDefinition.Form.Clone(
                    new ResourceId(id + "-clone"), 0, new TreeMap<>())
                : new ResourceDefinition.Form.Primitive()));
  }

  private static Constraint constraint(List<String> words) {
    String id = words.get(1);
    ResourceId first = new ResourceId(words.get(2));
    return switch (words.getFirst()) {
      case "location" ->
          new Constraint.Location(
              id, first, role(words, 5), new NodeId(words.get(3)), Score.parse(words.get(4)));
      case "colocation" ->
          new Constraint.Colocation(
              id,
              first,
              role(words, 6),
              new ResourceId(words.get(3)),
              role(words, 5),
              Score.parse(words.get(4)));
      default ->
          new Constraint.Ordering(
              id,
              first,
              OperationKind.valueOf(words.get(3)),
              new ResourceId(words.get(4)),
              OperationKind.valueOf(words.get(5)),
              words.contains("optional")
                  ? Constraint.Ordering.Kind.OPTIONAL
                  : Constraint.Ordering.Kind.MANDATORY,
              !words.contains("asymmetrical"));
    };
  }

  private static Constraint written(String xml) {
    StringBuilder named = new StringBuilder();
    Pattern.compile("(?:<resource_ref id|rsc|first|then)=\"([^\"]+)\"")
        .matcher(xml)
        .results()
        .map(m -> m.group(1))
        .distinct()
        .forEach(id -> named.append("<primitive id=\"" + id + "\" class=\"ocf\" type=\"thing\"/>"));
    String document =
        "<cib><configuration><resources>%s</resources><constraints>%s</constraints></configuration></cib>"
            .formatted(named, xml);
    CibReader.Result read = CibReader.read(document.getBytes(StandardCharsets.UTF_8));
    return new Constraint.Written(
        read.cib()
            .orElseThrow(() -> new IllegalArgumentException(read.problems().toString()))
            .configuration()
            .constraints()
            .getFirst());
  }

  private static Role role(List<String> words, int index) {
    return words.size() > index ? Role.valueOf(words.get(index)) : Role.STARTED;
  }

  void set(String resource, String node, InstanceStatus status) {
    instances
        .computeIfAbsent(new ResourceId(resource), _ -> new TreeMap<>())
        .put(new NodeId(node), status);
  }

  private void failed(List<String> words) {
    failCounts
        .computeIfAbsent(new ResourceId(words.get(1)), _ -> new TreeMap<>())
        .put(
            new NodeId(words.get(2)),
            new FailCount(
                Score.parse(words.get(3)).value(),
                words.size() > 5 ? Long.parseLong(words.get(5)) : 0,
                OperationKind.valueOf(words.get(4)),
                "for the test"));
  }

  private void primacy(List<String> words) {
    ResourceId id = new ResourceId(words.get(1));
    Primacy old = primacies.getOrDefault(id, Primacy.initial(id));
    Holder holder = old.holder();
    Election election = old.election();
    String target = old.switchoverTo();
    String last = words.getLast();
    switch (words.getFirst()) {
      case "held" ->
          holder = new Holder.Held(new NodeId(words.get(2)), words.size() > 3 ? last : "b1");
      case "released" ->
          holder = new Holder.Released(new NodeId(last), "b1", Holder.Proof.CLEAN_STOP, 1, 1);
      case "open" -> {
        List<NodeId> expected = Arrays.stream(last.split(",")).map(NodeId::new).toList();
        election = new Election.Open(1, "test", "", LogPosition.NONE, expected, new TreeMap<>());
      }
      case "won" -> election = new Election.Won(1, new NodeId(last), "b1", 1, 1, "");
      case "blocked" -> election = new Election.Blocked(1, last, LogPosition.NONE);
      default -> target = last;
    }
    primacies.put(id, new Primacy(id, 1, holder, SyncPromise.NONE, election, target));
  }

  void begin(Action action) {
    intents.put(
        "i" + action.key(),
        new Intent(
            "i" + action.key(),
            1,
            1,
            action,
            action instanceof Action.FenceAction ? nodes.lastKey() : action.node(),
            new Incarnation("b1", 1),
            Duration.ofSeconds(20),
            new LogPosition(1, 1, 1)));
  }
}
