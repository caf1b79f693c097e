/// Keys and certificates of a cluster: how they are made, kept and handed to newcomers.
///
/// A newcomer gets its key over a channel that the token pins. Must not know the log or the ring.
@NullMarked
package dev.quorate.daemon.secrets;

import org.jspecify.annotations.NullMarked;
