/// The ring on UDP: sealing, sockets, and the driver that performs the protocol's effects.
///
/// Must not know what the views and messages mean to anyone above, nor decide about membership.
@NullMarked
package dev.quorate.membership.netty;

import org.jspecify.annotations.NullMarked;
