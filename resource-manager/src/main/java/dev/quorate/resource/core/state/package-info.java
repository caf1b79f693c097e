/// The replicated state machine: a state and a command make the next state.
///
/// Must not know clocks, threads, I/O or who executes.
@NullMarked
package dev.quorate.resource.core.state;

import org.jspecify.annotations.NullMarked;
