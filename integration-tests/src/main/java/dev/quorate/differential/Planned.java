package dev.quorate.differential;

import dev.quorate.resource.cib.ResourceElement.Primitive;
import java.util.List;

/// A resource that was made up, and what its status is made of.
///
/// @param id of the outermost resource
/// @param primitives in order; more than one in a group
/// @param unique whether instances have names of their own
/// @param instances at most; 1 if it is no clone
record Planned(
    String id,
    Shape shape,
    List<Primitive> primitives,
    boolean unique,
    boolean promotable,
    int instances,
    int perNode) {

  /// What kind of resource.
  enum Shape {
    PRIMITIVE,
    GROUP,
    CLONE,
    CLONED_GROUP,
    FENCE_DEVICE
  }

  Planned {
    primitives = List.copyOf(primitives);
  }

  boolean isClone() {
    return shape == Shape.CLONE || shape == Shape.CLONED_GROUP;
  }

  boolean isGroup() {
    return shape == Shape.GROUP || shape == Shape.CLONED_GROUP;
  }
}
