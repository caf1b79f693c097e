/// Ring packets as bytes and back.
///
/// Must not know sockets or keys: sealing happens around it, and what it reads may be anything.
@NullMarked
package dev.quorate.membership.core.codec;

import org.jspecify.annotations.NullMarked;
