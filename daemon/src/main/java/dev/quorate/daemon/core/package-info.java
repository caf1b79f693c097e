/// The brain of a node, sans-IO: what has happened goes in, what is to be done comes out.
///
/// The daemon's shell and the simulator drive the same classes. Must not know clocks, threads,
/// sockets, Ratis or any agent.
@NullMarked
package dev.quorate.daemon.core;

import org.jspecify.annotations.NullMarked;
