/// Addresses that move: what a virtual address is and how it is configured.
///
/// It knows addresses, links and packets. It must not know who decides where an address lives, nor
/// PostgreSQL, fencing, the ring or the log.
@NullMarked
package dev.quorate.vip;

import org.jspecify.annotations.NullMarked;
