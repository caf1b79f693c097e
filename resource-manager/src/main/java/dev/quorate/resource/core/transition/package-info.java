/// From a placement to the actions that lead there, and which of them are ready.
///
/// Must not know clocks, threads, I/O or who executes.
@NullMarked
package dev.quorate.resource.core.transition;

import org.jspecify.annotations.NullMarked;
