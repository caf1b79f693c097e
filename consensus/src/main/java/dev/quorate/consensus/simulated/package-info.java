/// The replicated log without machines: same promises, simulated time, network and disk.
///
/// Deterministic: everything happens in callbacks of the given time line; the only randomness is
/// the generator passed in. It must not know Ratis, clocks or threads.
@NullMarked
package dev.quorate.consensus.simulated;

import org.jspecify.annotations.NullMarked;
