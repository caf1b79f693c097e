package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Attributes;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/// Reads what was done with resources, one by one while the document is parsed: it is the largest
/// part of a document by far, and its elements need not be kept.
final class HistoryReader {
  private static final String PATH = "cib/status/node_state/lrm/lrm_resources";

  private final Problems problems = new Problems();
  private final List<List<ResourceHistory>> histories = new ArrayList<>();
  private SortedMap<String, String> known = Attributes.of(List.of());

  /// What was found; not to be told before the whole document is known to be well-formed.
  Problems problems() {
    return problems;
  }

  /// For each list of resources, in the order of the document.
  List<List<ResourceHistory>> histories() {
    return histories;
  }

  /// Whether the elements of an element are histories.
  ///
  /// @param path the names from the root to the element
  static boolean isList(String path) {
    return path.equals(PATH);
  }

  /// A list begins.
  void begin() {
    histories.add(new ArrayList<>());
  }

  /// Takes an element of the list.
  ///
  /// @return whether it was a history
  boolean take(Element element) {
    if (!element.name().equals("lrm_resource")) {
      return false;
    }
    histories.getLast().add(resource(element));
    return true;
  }

  private ResourceHistory resource(Element element) {
    Fields fields = new Fields(element, problems);
    String id = fields.id();
    SortedMap<String, String> rest = fields.rest();
    if (rest.equals(known)) {
      rest = known;
    }
    known = rest;
    List<HistoryEntry> entries = new ArrayList<>();
    fields.children("lrm_rsc_op").forEach(child -> entries.add(entry(child)));
    fields.done();
    return new ResourceHistory(id, rest, entries);
  }

  private HistoryEntry entry(Element element) {
    Fields fields = new Fields(element, problems);
    HistoryEntry entry =
        new HistoryEntry(
            fields.id(),
            fields.required("operation"),
            fields.longInteger("interval").orElse(0L),
            integer(fields, "op-status"),
            integer(fields, "rc-code"),
            integer(fields, "call-id"),
            fields.text("transition-key"),
            fields.longInteger("last-rc-change").orElse(0L),
            fields.rest());
    fields.done();
    return entry;
  }

  private static int integer(Fields fields, String name) {
    fields.required(name);
    return fields.integer(name).orElse(0);
  }
}
