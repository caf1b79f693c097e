package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.resource.ClusterConfiguration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What this machine's files and name servers say of the nodes' names, and how nodes tell each
/// other.
final class NodeNames {
  private NodeNames() {}

  /// What is found for each node's name, and for each name that stands where an address could.
  static SortedMap<String, String> found(ClusterConfiguration configuration) {
    SortedMap<String, String> names = new TreeMap<>();
    configuration
        .nodes()
        .values()
        .forEach(node -> {
          look(node.id().name(), names);
          look(node.address(), names);
        });
    names.keySet().removeIf(name -> name.equals(names.get(name)));
    return names;
  }

  private static void look(String name, SortedMap<String, String> names) {
    try {
      names.put(
          name,
          Arrays.stream(InetAddress.getAllByName(name))
              .map(InetAddress::getHostAddress)
              .sorted()
              .distinct()
              .collect(Collectors.joining(",")));
    } catch (UnknownHostException e) {
      // Nothing depends on a node's own name: its address is in the configuration.
    }
  }

  static String format(SortedMap<String, String> names) {
    return JsonText.object(Map.of("names", names));
  }

  /// Reads an answer.
  ///
  /// @throws HactlError if it is none
  static SortedMap<String, String> parse(String answer) {
    return MemberAnswer.read(
        answer,
        json -> {
          SortedMap<String, String> names = new TreeMap<>();
          JsonNode read = json.path("names");
          read.fieldNames().forEachRemaining(name -> names.put(name, read.path(name).asText()));
          return names;
        });
  }
}
