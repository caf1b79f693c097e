package dev.quorate.differential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// Pacemaker's own scheduler, as its program gives it to read.
public final class CrmSimulate {
  private static final List<String> PLACES =
      List.of("/usr/sbin/crm_simulate", "/usr/bin/crm_simulate");

  /// What is said of documents on which the program fails an assertion of its own.
  static final String BROKE = "crm_simulate broke";

  private static final long SECONDS = 10;

  private static final List<String> MOVES = List.of("start", "stop", "migrate_to", "migrate_from");

  private final String program;
  private final Path directory;

  private CrmSimulate(String program, Path directory) {
    this.program = program;
    this.directory = directory;
  }

  /// Where it is installed.
  public static Optional<String> program() {
    return PLACES.stream().filter(place -> Files.isExecutable(Path.of(place))).findFirst();
  }

  /// The installed one.
  ///
  /// @param directory for its files; one at a time may use it
  public static CrmSimulate in(Path directory) {
    return new CrmSimulate(
        program().orElseThrow(() -> new IllegalStateException("crm_simulate is not installed")),
        directory);
  }

  /// What it would do.
  ///
  /// @return empty if it refuses the document, breaks on it or does not end
  public Optional<Plan> plan(String xml, Instant now) throws IOException, InterruptedException {
    Path document = directory.resolve("cib.xml");
    Path graph = directory.resolve("graph.xml");
    Files.writeString(document, xml, StandardCharsets.UTF_8);
    Files.deleteIfExists(graph);
    ProcessBuilder builder =
        new ProcessBuilder(
            program,
            "-x",
            document.toString(),
            "-R",
            "-Q",
            "-t",
            now.toString(),
            "-G",
            graph.toString());
    builder.environment().put("TZ", "UTC");
    builder.environment().put("CIB_shadow_dir", directory.toString());
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("said.txt").toFile());
    Process process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return Optional.empty();
    }
    if (process.exitValue() != 0 || !Files.exists(graph)) {
      return Optional.empty();
    }
    return Optional.of(read(Xml.parse(Files.readString(graph))));
  }

  private static Plan read(Document graph) {
    List<String> steps = new ArrayList<>();
    List<BitSet> after = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    List<Element> synapses = Xml.children(graph.getDocumentElement());
    for (Element synapse : synapses) {
      Element action = action(synapse);
      numbers.put(action.getAttribute("id"), steps.size());
      steps.add(name(action));
      after.add(new BitSet());
    }
    for (int i = 0; i < synapses.size(); i++) {
      for (Element part : Xml.children(synapses.get(i))) {
        if (part.getTagName().equals("inputs")) {
          for (Element trigger : Xml.children(part)) {
            String first = Xml.children(trigger).getFirst().getAttribute("id");
            Integer number = numbers.get(first);
            if (number != null) {
              after.get(number).set(i);
            }
          }
        }
      }
    }
    return new Plan(steps, after, shuffled(synapses));
  }

  /// Where a clone's instance begins on a node while another of it ends there or begins too.
  private static List<String> shuffled(List<Element> synapses) {
    Map<String, String> seen = new HashMap<>();
    List<String> shuffled = new ArrayList<>();
    for (Element synapse : synapses) {
      Element action = action(synapse);
      if (!MOVES.contains(action.getAttribute("operation"))) {
        continue;
      }
      for (Element child : Xml.children(action)) {
        String id = child.getAttribute("id");
        String instance = child.hasAttribute("long-id") ? child.getAttribute("long-id") : id;
        int colon = instance.lastIndexOf(':');
        if (child.getTagName().equals("primitive") && colon > 0) {
          String place = instance.substring(0, colon) + " on " + action.getAttribute("on_node");
          String other = seen.putIfAbsent(place, instance);
          if (other != null && !other.equals(instance)) {
            shuffled.add(place);
          }
        }
      }
    }
    return shuffled;
  }

  private static Element action(Element synapse) {
    return Xml.children(Xml.children(synapse).getFirst()).getFirst();
  }

  private static String name(Element action) {
    if (action.getTagName().equals("pseudo_event")) {
      return "";
    }
    String resource = "";
    Map<String, String> attributes = new HashMap<>();
    for (Element child : Xml.children(action)) {
      if (child.getTagName().equals("primitive")) {
        resource = child.getAttribute("id");
      } else if (child.getTagName().equals("attributes")) {
        for (int i = 0; i < child.getAttributes().getLength(); i++) {
          Node attribute = child.getAttributes().item(i);
          attributes.put(attribute.getNodeName(), attribute.getNodeValue());
        }
      }
    }
    String node = action.getAttribute("on_node");
    String interval = attributes.getOrDefault("CRM_meta_interval", "0");
    String operation = action.getAttribute("operation");
    return switch (operation) {
      case "stonith" ->
          Plan.name(
              "fence",
              "",
              node,
              attributes.getOrDefault(
                  "CRM_meta_stonith_action", attributes.getOrDefault("stonith_action", "")));
      case "do_shutdown" -> Plan.name("shutdown", "", node, "");
      case "monitor" ->
          interval.equals("0")
              ? Plan.name("probe", resource, node, "")
              : Plan.name("monitor", resource, node, interval);
      case "cancel" -> Plan.name("cancel", resource, node, interval);
      case "notify" ->
          Plan.name(
              "notify",
              resource,
              node,
              attributes.getOrDefault("CRM_meta_notify_type", "")
                  + ":"
                  + attributes.getOrDefault("CRM_meta_notify_operation", ""));
      case "migrate_to" ->
          Plan.name(
              operation, resource, node, attributes.getOrDefault("CRM_meta_migrate_target", ""));
      case "migrate_from" ->
          Plan.name(
              operation, resource, node, attributes.getOrDefault("CRM_meta_migrate_source", ""));
      default -> Plan.name(operation, resource, node, "");
    };
  }
}
