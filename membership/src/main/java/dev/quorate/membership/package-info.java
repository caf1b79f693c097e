/// The common words of a cluster: nodes, incarnations, views.
///
/// This module depends on nothing of ours. It must not know logs, resources or agents.
@NullMarked
package dev.quorate.membership;

import org.jspecify.annotations.NullMarked;
