/// Measures the scheduler, on recorded cases and on generated clusters beside `crm_simulate`, and
/// the ring, over the loopback and under attack; the replicated log, under kills of its leader; and
/// what nodes cost that do nothing, beside those of Pacemaker.
///
/// Must not know the lab or the simulator.
@NullMarked
package dev.quorate.benchmark;

import org.jspecify.annotations.NullMarked;
