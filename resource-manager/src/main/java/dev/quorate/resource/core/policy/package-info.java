/// Decides from a cluster document what shall run where and what must be done for it, in the order
/// in which it must be done.
///
/// The decisions are those that Pacemaker's scheduler takes on the same document. One run is a
/// chain of phases over a working model that lives as long as the run and belongs to one thread:
///
/// ```
/// document → working model → current state → constraints → placement → actions → relations → graph
/// ```
///
/// No clock, no input or output, no randomness: the same document and time give the same plan. The
/// package must not know the live cluster's state, its log or its agents.
@NullMarked
package dev.quorate.resource.core.policy;

import org.jspecify.annotations.NullMarked;
