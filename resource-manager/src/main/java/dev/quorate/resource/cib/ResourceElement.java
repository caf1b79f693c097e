package dev.quorate.resource.cib;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// A resource as configured.
public sealed interface ResourceElement {
  /// Unique in the document.
  String id();

  /// Blocks of meta-attributes.
  List<AttributeBlock> meta();

  /// Blocks of parameters.
  List<AttributeBlock> parameters();

  /// One instance of an agent.
  ///
  /// @param agentClass `ocf`, `stonith`, `systemd`, `lsb`, …; empty if the template says it
  /// @param provider empty where the class has none
  /// @param template empty if it has none
  record Primitive(
      String id,
      String agentClass,
      String provider,
      String type,
      String template,
      String description,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters,
      List<AttributeBlock> utilization,
      List<Operation> operations)
      implements ResourceElement {
    /// Copies the lists.
    public Primitive {
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
      utilization = List.copyOf(utilization);
      operations = List.copyOf(operations);
    }
  }

  /// What primitives have in common.
  record Template(
      String id,
      String agentClass,
      String provider,
      String type,
      String description,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters,
      List<AttributeBlock> utilization,
      List<Operation> operations)
      implements ResourceElement {
    /// Copies the lists.
    public Template {
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
      utilization = List.copyOf(utilization);
      operations = List.copyOf(operations);
    }
  }

  /// Primitives that are together and start in their order.
  record Group(
      String id,
      String description,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters,
      List<Primitive> members)
      implements ResourceElement {
    /// Copies the lists.
    public Group {
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
      members = List.copyOf(members);
    }
  }

  /// Several instances of one resource.
  ///
  /// @param promotable whether the element itself says so, as the old `master` does
  /// @param child a primitive or a group
  record Clone(
      String id,
      String description,
      boolean promotable,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters,
      ResourceElement child)
      implements ResourceElement {
    /// Copies the lists.
    public Clone {
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
    }
  }

  /// Containers. Read and written; not managed.
  ///
  /// @param element as it was read
  /// @param child the resource inside the containers
  record Bundle(
      String id,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters,
      Element element,
      Optional<Primitive> child)
      implements ResourceElement {
    /// Copies the lists.
    public Bundle {
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
    }
  }

  /// How an operation is done.
  ///
  /// @param intervalMillis 0 for one that does not recur
  /// @param attributes all of the element but id, name and interval: `timeout`, `role`, `on-fail`,
  ///   `enabled`, `start-delay`, `interval-origin`, …
  record Operation(
      String id,
      String name,
      long intervalMillis,
      SortedMap<String, String> attributes,
      List<AttributeBlock> meta,
      List<AttributeBlock> parameters) {
    /// Copies the collections.
    public Operation {
      attributes = Attributes.copyOf(attributes);
      meta = List.copyOf(meta);
      parameters = List.copyOf(parameters);
    }
  }
}
