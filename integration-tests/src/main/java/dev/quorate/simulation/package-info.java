/// The simulator: whole clusters on one thread, in simulated time, from one seed.
///
/// The real ring, state machine, scheduler, executor, node cores, fencing coordinator and
/// PostgreSQL policies run over a simulated clock, network, log, PostgreSQL, VIP and fence devices.
/// Must not know threads, clocks, salted collections or the lab.
@NullMarked
package dev.quorate.simulation;

import org.jspecify.annotations.NullMarked;
