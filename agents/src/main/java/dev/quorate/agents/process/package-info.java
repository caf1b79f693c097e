/// Running other programs: with a deadline, without a shell, and with nothing left behind.
///
/// Must not know what the programs are for.
@NullMarked
package dev.quorate.agents.process;

import org.jspecify.annotations.NullMarked;
