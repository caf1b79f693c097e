/// What every implementation of the log must do alike: envelopes, exactly-once answers, snapshots.
///
/// Pure: no clocks, threads or I/O. It must not know Raft, Ratis or where bytes are stored.
@NullMarked
package dev.quorate.consensus.core;

import org.jspecify.annotations.NullMarked;
