/// Measures the scheduler, on recorded cases and on generated clusters beside `crm_simulate`, and
/// the ring, over the loopback and under attack; and what nodes cost that do nothing, beside those
/// of Pacemaker.
///
/// Must not know the lab or the simulator.
@NullMarked
package dev.quorate.benchmark;

import org.jspecify.annotations.NullMarked;
