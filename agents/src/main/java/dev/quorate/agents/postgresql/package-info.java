/// The native PostgreSQL agent: observe, decide (in the core), act.
///
/// Must not know the ring or the log; it proposes commands through its context and obeys the
/// replicated state.
@NullMarked
package dev.quorate.agents.postgresql;

import org.jspecify.annotations.NullMarked;
