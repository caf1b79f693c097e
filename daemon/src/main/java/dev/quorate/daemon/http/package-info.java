/// Just enough HTTP/1.1: over Unix sockets, TCP and TLS, one virtual thread for each connection.
///
/// Must not know what is served.
@NullMarked
package dev.quorate.daemon.http;

import org.jspecify.annotations.NullMarked;
