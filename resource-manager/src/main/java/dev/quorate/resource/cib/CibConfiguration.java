package dev.quorate.resource.cib;

import dev.quorate.resource.ConstraintElement;
import java.util.List;

/// Everything an operator has decided. Lists are in the order of the document.
///
/// @param properties cluster options; the block `cib-bootstrap-options` wins over the others
/// @param fencingLevels the fencing topology
/// @param kept elements that are carried along and not interpreted: alerts and access control lists
public record CibConfiguration(
    List<AttributeBlock> properties,
    List<AttributeBlock> resourceDefaults,
    List<AttributeBlock> operationDefaults,
    List<CibNode> nodes,
    List<ResourceElement> resources,
    List<ResourceElement.Template> templates,
    List<ConstraintElement> constraints,
    List<Tag> tags,
    List<FencingLevel> fencingLevels,
    List<Element> kept) {

  /// A name for a set of things.
  ///
  /// @param references ids
  public record Tag(String id, List<String> references) {
    /// Copies the list.
    public Tag {
      references = List.copyOf(references);
    }
  }

  /// One level of a fencing topology.
  ///
  /// @param target what is fenced: a node's name, or a pattern or node attribute as `kind` says
  /// @param kind `target`, `target-pattern` or `target-attribute`
  /// @param targetValue the value of the node attribute, else empty
  /// @param index 1 is tried first
  /// @param devices all of them must succeed
  public record FencingLevel(
      String id, String kind, String target, String targetValue, int index, List<String> devices) {
    /// Copies the list.
    public FencingLevel {
      devices = List.copyOf(devices);
    }
  }

  /// Copies the lists.
  public CibConfiguration {
    properties = List.copyOf(properties);
    resourceDefaults = List.copyOf(resourceDefaults);
    operationDefaults = List.copyOf(operationDefaults);
    nodes = List.copyOf(nodes);
    resources = List.copyOf(resources);
    templates = List.copyOf(templates);
    constraints = List.copyOf(constraints);
    tags = List.copyOf(tags);
    fencingLevels = List.copyOf(fencingLevels);
    kept = List.copyOf(kept);
  }
}
