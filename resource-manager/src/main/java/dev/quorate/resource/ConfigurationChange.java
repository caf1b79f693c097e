package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// One change to the configuration. A command carries a list of them: all or none are applied.
public sealed interface ConfigurationChange {
  /// Adds a node, or replaces its definition.
  record PutNode(NodeDefinition node) implements ConfigurationChange {}

  /// Removes a node that is not online.
  record RemoveNode(NodeId node) implements ConfigurationChange {}

  /// Sets a permanent node attribute; an empty value removes it.
  record SetNodeAttribute(NodeId node, String name, String value) implements ConfigurationChange {}

  /// Sets what a node has of something that resources use; an empty value removes it.
  record SetNodeUtilization(NodeId node, String name, String value)
      implements ConfigurationChange {}

  /// Sets what a resource uses of something that nodes have; an empty value removes it.
  record SetUtilization(ResourceId resource, String name, String value)
      implements ConfigurationChange {}

  /// Sets a cluster property; an empty value removes it.
  record SetProperty(String name, String value) implements ConfigurationChange {}

  /// Sets a resource default; an empty value removes it.
  record SetResourceDefault(String name, String value) implements ConfigurationChange {}

  /// Adds a resource. Refused if the id exists.
  record CreateResource(ResourceDefinition resource) implements ConfigurationChange {}

  /// Replaces a resource of the same id.
  record ReplaceResource(ResourceDefinition resource) implements ConfigurationChange {}

  /// Removes a resource and the constraints that name it. A group without members goes with the
  /// last.
  record DeleteResource(ResourceId resource) implements ConfigurationChange {}

  /// Adds a group, or replaces the one of that id.
  record PutGroup(GroupDefinition group) implements ConfigurationChange {}

  /// Removes a group and the constraints that name it; its members stay.
  record RemoveGroup(ResourceId group) implements ConfigurationChange {}

  /// Sets meta-attributes of a resource or group (its clone, if it has one); empty values remove.
  record SetMeta(ResourceId resource, SortedMap<String, String> meta)
      implements ConfigurationChange {
    /// Copies the map.
    public SetMeta {
      meta = Collections.unmodifiableSortedMap(new TreeMap<>(meta));
    }
  }

  /// Adds a constraint, or replaces the one of that id.
  record PutConstraint(Constraint constraint) implements ConfigurationChange {}

  /// Removes a constraint.
  record RemoveConstraint(String id) implements ConfigurationChange {}

  /// Adds a fence device, or replaces the one of that id.
  record PutFenceDevice(FenceDeviceDefinition device) implements ConfigurationChange {}

  /// Removes a fence device.
  record RemoveFenceDevice(ResourceId device) implements ConfigurationChange {}
}
