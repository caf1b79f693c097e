package dev.quorate.fencing;

import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// How the device calls each node: the value of `pcmk_host_map`.
///
/// The text is `node:port;node:port,port`; entries are separated by semicolons, blanks or line
/// ends, and a backslash takes the next character literally.
///
/// @param ports the device's names for each node, in the order given
public record HostMap(SortedMap<NodeId, List<String>> ports) {
  /// No node is mapped.
  public static final HostMap EMPTY = new HostMap(new TreeMap<>());

  /// Copies the map.
  public HostMap {
    var copy = new TreeMap<NodeId, List<String>>();
    ports.forEach((node, names) -> copy.put(node, List.copyOf(names)));
    ports = Collections.unmodifiableSortedMap(copy);
  }

  /// What the device calls the node: its ports joined with commas, or the node's own name.
  public String portOf(NodeId node) {
    var names = ports.get(node);
    return names == null ? node.name() : String.join(",", names);
  }

  /// Reads the text.
  ///
  /// @throws IllegalArgumentException if an entry is malformed; the message quotes it and says what
  ///   is expected
  public static HostMap parse(String text) {
    var ports = new TreeMap<NodeId, List<String>>();
    for (var entry : split(text)) {
      if (entry.parts.size() < 2) {
        throw new IllegalArgumentException(
            "'" + entry.text + "' has no port: write node:port;node:port,port");
      }
      var node = new NodeId(entry.parts.getFirst());
      var names = entry.parts.subList(1, entry.parts.size());
      if (names.stream().anyMatch(String::isEmpty)) {
        throw new IllegalArgumentException(
            "'" + entry.text + "' has an empty port: write node:port;node:port,port");
      }
      if (ports.put(node, names) != null) {
        throw new IllegalArgumentException(
            "node '" + node + "' is mapped twice: join its ports with commas, node:port,port");
      }
    }
    return new HostMap(ports);
  }

  private record Entry(String text, List<String> parts) {}

  /// Splits into entries of a node followed by its ports. Only the first colon of an entry parts:
  /// later ones belong to the port.
  private static List<Entry> split(String text) {
    String separators = ";, \t\r\n";
    var entries = new ArrayList<Entry>();
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean end = i == text.length();
      char c = end ? ';' : text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        part.append(text.charAt(++i));
      } else if (c == '\\') {
        throw new IllegalArgumentException("ends with a lone backslash; write \\\\ for one");
      } else if (c == ':' && parts.isEmpty()) {
        parts.add(part.toString());
        part.setLength(0);
      } else if (c == ',' && !parts.isEmpty()) {
        parts.add(part.toString());
        part.setLength(0);
      } else if (separators.indexOf(c) >= 0) {
        if (!parts.isEmpty() || part.length() > 0) {
          parts.add(part.toString());
          entries.add(new Entry(text.substring(start, i).strip(), List.copyOf(parts)));
        }
        parts.clear();
        part.setLength(0);
        start = i + 1;
      } else {
        part.append(c);
      }
    }
    return entries;
  }
}
