/// The command line: its words, what each command does, and how answers look.
///
/// Commands are executed by the daemon, which knows the state and the agents; [Hactl] only carries
/// words and text. Must not know sockets of the cluster, Ratis or Netty.
@NullMarked
package dev.quorate.daemon.cli;

import org.jspecify.annotations.NullMarked;
