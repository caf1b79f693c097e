/// From a state to a placement, and to the actions that lead there: pure, in phases, each an
/// immutable type.
///
/// Must not know clocks, threads, I/O or who executes.
@NullMarked
package dev.quorate.resource.core.scheduling;

import org.jspecify.annotations.NullMarked;
