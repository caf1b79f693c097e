/// Which ways lead to a peer, how good they are, and which of them a packet takes. Pure.
///
/// Must not know what the packets say, nor sockets.
@NullMarked
package dev.quorate.membership.core.link;

import org.jspecify.annotations.NullMarked;
