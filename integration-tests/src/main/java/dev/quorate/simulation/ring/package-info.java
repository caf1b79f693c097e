/// The ring alone, for many simulated hours: is a node that lives ever taken for dead?
///
/// Runs the product's [dev.quorate.membership.core.RingProtocol] and
/// [dev.quorate.membership.core.link.LinkMonitor]. Must not know the rest of the cluster.
@NullMarked
package dev.quorate.simulation.ring;

import org.jspecify.annotations.NullMarked;
