package dev.quorate.resource.core.state;

import dev.quorate.resource.ResourceDefinition.Form;
import java.util.SortedMap;
import java.util.TreeMap;

/// Meta-attributes that say how many instances a clone has: put in their own place, and refused
/// where they ask for what is not done.
final class CloneOptions {
  private CloneOptions() {}

  /// The form with the numbers in its meta-attributes in their own place.
  ///
  /// @param changes what was said; an empty value means the standard again
  static Form placed(Form form, SortedMap<String, String> changes, ConfigurationProblems problems) {
    SortedMap<String, String> meta = new TreeMap<>(form.meta());
    one("clone-node-max", meta, problems);
    one("promoted-node-max", meta, problems);
    if ("true".equals(meta.get("globally-unique"))) {
      problems.add(
          "HA-CONF-047",
          "globally-unique=true is not supported: a node has one instance of a clone",
          "leave it out");
    }
    meta.remove("promotable");
    return switch (form) {
      case Form.Primitive p -> p;
      case Form.Clone(var id, var most, _) -> {
        if ("true".equals(meta.get("notify"))) {
          problems.add(
              "HA-CONF-047",
              "notify=true of clone %s is not supported: instances are not told of each other"
                  .formatted(id),
              "leave it out");
        }
        yield new Form.Clone(id, number("clone-max", meta, changes, most, 0), meta);
      }
      case Form.Promotable(var id, var most, var promoted, _) ->
          new Form.Promotable(
              id,
              number("clone-max", meta, changes, most, 0),
              number("promoted-max", meta, changes, promoted, 1),
              meta);
    };
  }

  private static void one(
      String name, SortedMap<String, String> meta, ConfigurationProblems problems) {
    String value = meta.remove(name);
    if (value != null && !value.equals("1")) {
      problems.add(
          "HA-CONF-047",
          "%s=%s is not supported: a node has one instance of a clone".formatted(name, value),
          "leave it out");
    }
  }

  private static int number(
      String name,
      SortedMap<String, String> meta,
      SortedMap<String, String> changes,
      int present,
      int standard) {
    String value = meta.remove(name);
    if (value != null) {
      return Integer.parseInt(value);
    }
    return changes.containsKey(name) ? standard : present;
  }
}
