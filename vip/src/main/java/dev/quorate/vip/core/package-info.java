/// Decides where an address belongs, when it is announced and whether somebody else has it.
///
/// Pure: packets are bytes in and out; it must not know sockets, clocks or threads.
@NullMarked
package dev.quorate.vip.core;

import org.jspecify.annotations.NullMarked;
