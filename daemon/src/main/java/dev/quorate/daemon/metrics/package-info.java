/// What Prometheus can ask of a daemon.
///
/// Reads the state and facts that others publish; must not change anything.
@NullMarked
package dev.quorate.daemon.metrics;

import org.jspecify.annotations.NullMarked;
