/// The graph of actions that leads from here to there, and which of them are ready.
///
/// Must not know clocks, threads, I/O, how a placement is found or who executes.
@NullMarked
package dev.quorate.resource.core.transition;

import org.jspecify.annotations.NullMarked;
