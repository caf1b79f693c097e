package dev.quorate.daemon.cli;

import dev.quorate.agents.AgentMetadata;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.OperationDefaults;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `resource haresources`: a line of heartbeat's, as it stands there. The node becomes a
/// preference, each address a resource, and the service that was to start after them the promotion
/// of the cluster's PostgreSQL, which the addresses follow.
final class OldResourceLine {
  private static final Score PREFERENCE = new Score(50);
  private static final Pattern FORM =
      Pattern.compile(
          "(?i)(ipaddr2?::)?([0-9]{1,3}(?:\\.[0-9]{1,3}){3})(?:/([0-9]{1,2}))?(?:/([A-Za-z][^/]*))?(?:/.*)?");

  private OldResourceLine() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "resource haresources",
            "NODE [IPaddr::]ADDRESS[/PREFIX[/INTERFACE]]… SERVICE",
            "Takes over a line of heartbeat's haresources, typed as it stands there: a preference"
                + " for the node, the addresses, and the PostgreSQL whose promoted instance they"
                + " follow, which must be a resource already.",
            OldResourceLine::take));
  }

  private static void take(Invocation in) {
    NodeId node = in.node(in.words().take("NODE"));
    List<SortedMap<String, String>> addresses = new ArrayList<>();
    while (FORM.matcher(in.words().peek()).matches()) {
      addresses.add(address(in.words().take("ADDRESS")));
    }
    if (addresses.isEmpty()) {
      throw HactlError.usage(
          "'" + in.words().peek() + "' is not an address of haresources",
          "write it as IPaddr::192.168.1.15/24/eth0, after the node");
    }
    String service = in.words().take("SERVICE");
    in.words().end();
    if (!service.matches("(?i).*(postgres|pgsql).*")) {
      throw HactlError.usage(
          "service '" + service + "' has no agent here: only PostgreSQL is taken over",
          "make it a resource of its own with 'hactl resource create', if there is an agent ("
              + String.join(", ", in.cluster().agents().names())
              + ")");
    }
    ResourceDefinition database = PgCommands.only(in);
    List<ConfigurationChange> changes = new ArrayList<>();
    changes.add(
        new ConfigurationChange.PutConstraint(
            ConstraintCommands.location(database.publicId(), true, node, PREFERENCE)));
    for (SortedMap<String, String> parameters : addresses) {
      changes.addAll(follow(in, database, parameters));
    }
    in.change(changes.toArray(ConfigurationChange[]::new));
    in.out()
        .line(
            "%s prefer%s %s and follow%s the promoted instance of %s"
                .formatted(
                    String.join(", ", addresses.stream().map(a -> a.get("ip")).toList()),
                    addresses.size() == 1 ? "s" : "",
                    node,
                    addresses.size() == 1 ? "s" : "",
                    database.publicId()));
  }

  private static SortedMap<String, String> address(String word) {
    Matcher form = FORM.matcher(word);
    SortedMap<String, String> parameters = new TreeMap<>();
    if (form.matches()) {
      parameters.put("ip", form.group(2));
      if (form.group(3) != null) {
        parameters.put("cidr_netmask", form.group(3));
      }
      if (form.group(4) != null) {
        parameters.put("nic", form.group(4));
      }
    }
    return parameters;
  }

  private static List<ConfigurationChange> follow(
      Invocation in, ResourceDefinition database, SortedMap<String, String> parameters) {
    ResourceId id = in.legalId("ip-" + parameters.getOrDefault("ip", ""));
    ResourceAgent agent = in.cluster().agents().named("ocf:heartbeat:IPaddr2");
    AgentMetadata metadata = agent.metadata();
    ResourceCreation.checkParameters(id, agent, parameters);
    ResourceId with = database.publicId();
    return List.of(
        new ConfigurationChange.CreateResource(
            new ResourceDefinition(
                id,
                metadata.names().getFirst(),
                parameters,
                new TreeMap<>(),
                OperationDefaults.complete(List.of(), metadata.operations()),
                new ResourceDefinition.Form.Primitive())),
        new ConfigurationChange.PutConstraint(
            new Constraint.Colocation(
                "colocation-" + id + "-" + with,
                id,
                Role.STARTED,
                with,
                Role.PROMOTED,
                Score.MUST)),
        new ConfigurationChange.PutConstraint(
            new Constraint.Ordering(
                "order-" + with + "-" + id,
                with,
                OperationKind.PROMOTE,
                id,
                OperationKind.START,
                Constraint.Ordering.Kind.MANDATORY,
                false)));
  }
}
