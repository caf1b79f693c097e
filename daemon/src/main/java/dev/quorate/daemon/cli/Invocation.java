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

  ResourceDefinition resource(String name) {
    return configuration().resources().stream()
        .filter(r -> r.id().name().equals(name) || r.publicId().name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown("resource", name, resourceNames()));
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

  private List<String> resourceNames() {
    return configuration().resources().stream()
        .flatMap(r -> Stream.of(r.id().name(), r.publicId().name()))
        .distinct()
        .toList();
  }
}
