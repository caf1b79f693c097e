package dev.quorate.resource.cib;

import java.util.Optional;
import java.util.SortedMap;

/// The whole document.
///
/// @param attributes those of the root element: `have-quorum`, `no-quorum-panic`, `dc-uuid`,
///   `execution-date`, `epoch`, …
public record Cib(
    SortedMap<String, String> attributes, CibConfiguration configuration, CibStatus status) {
  /// Copies the map.
  public Cib {
    attributes = Attributes.copyOf(attributes);
  }

  /// An attribute of the root element.
  public Optional<String> attribute(String name) {
    return Optional.ofNullable(attributes.get(name));
  }
}
