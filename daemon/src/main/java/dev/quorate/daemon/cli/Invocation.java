package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.NearestWord;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// One command on its way: its words, its options, whom it asks and where it writes.
///
/// @param client who typed it
record Invocation(Cluster cluster, Words words, Options options, Output out, String client) {
  ClusterConfiguration configuration() {
    return cluster.state().configuration();
  }

  /// Changes the configuration and prints what the cluster remarks.
  void change(ConfigurationChange... changes) {
    propose(new ClusterCommand.ChangeConfiguration(-1, client, List.of(changes)));
  }

  void propose(ClusterCommand command) {
    String note = cluster.propose(command);
    if (!note.isEmpty()) {
      out.remark(note);
    }
  }

  /// With `--wait`, waits for the effect.
  void settle(String what, Predicate<ClusterState> condition) {
    options
        .patience()
        .ifPresent(atMost -> {
          if (!cluster.await(condition, atMost)) {
            throw HactlError.timeout(
                "not reached in " + atMost.toSeconds() + " s: " + what,
                "it goes on; see 'hactl status'");
          }
        });
  }

  NodeId node(String name) {
    List<String> known = configuration().nodes().keySet().stream().map(NodeId::name).toList();
    if (!known.contains(name)) {
      throw unknown("node", name, known);
    }
    return new NodeId(name);
  }

  /// A single resource, by its own name or its clone's.
  ResourceDefinition resource(String name) {
    Target target = target(name);
    boolean group =
        configuration().groups().stream().anyMatch(g -> g.publicId().equals(target.id()));
    if (group) {
      throw HactlError.usage(
          "'" + name + "' is a group",
          "name one of its members: "
              + String.join(", ", target.parts().stream().map(r -> r.id().name()).toList()));
    }
    return target.parts().getFirst();
  }

  /// A resource or a group, by its own name or its clone's.
  Target target(String name) {
    if (!names().contains(name)) {
      throw unknown("resource", name, names());
    }
    return Target.of(configuration(), new ResourceId(name));
  }

  ResourceId legalId(String name) {
    try {
      return new ResourceId(name);
    } catch (IllegalArgumentException e) {
      throw HactlError.usage(String.valueOf(e.getMessage()), "choose another name");
    }
  }

  static HactlError unknown(String kind, String name, List<String> known) {
    return HactlError.usage(
        kind + " '" + name + "' does not exist",
        NearestWord.of(name, known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse(
                known.isEmpty() ? "there is none yet" : "known are " + String.join(", ", known)));
  }

  private List<String> names() {
    return Stream.concat(
            configuration().resources().stream().flatMap(r -> Stream.of(r.id(), r.publicId())),
            configuration().groups().stream().flatMap(g -> Stream.of(g.id(), g.publicId())))
        .map(ResourceId::name)
        .distinct()
        .toList();
  }
}
