/// Drives the arbitration of two voters: the record on disk, the hello between the two, the log
/// that is closed and opened in new epochs, and the direct fencing.
///
/// It decides nothing: [dev.quorate.daemon.core.survivor.Survivor] does. It does not know what is
/// in the log, nor what runs on a node.
@NullMarked
package dev.quorate.daemon.pair;

import org.jspecify.annotations.NullMarked;
