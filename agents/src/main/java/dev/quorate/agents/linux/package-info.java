/// What Linux knows of processes: who lives, who died, who works in a directory.
///
/// Must not know what the processes are for.
@NullMarked
package dev.quorate.agents.linux;

import org.jspecify.annotations.NullMarked;
