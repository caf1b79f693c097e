package dev.quorate.resource.core.policy;

import java.util.SortedMap;

/// An operation as configured, with its meta-attributes resolved.
///
/// @param role of the instances that a recurring one is for; [RoleLevel#UNKNOWN] if not given
/// @param meta attributes and meta-attributes, the nearest definition first
/// @param ownParameters whether the operation brings parameters of its own
record Operation(
    dev.quorate.resource.cib.ResourceElement.Operation element,
    String name,
    long intervalMillis,
    RoleLevel role,
    boolean enabled,
    SortedMap<String, String> meta,
    boolean ownParameters) {}
