/// The cluster's own certificates: made, read and turned into key and trust managers.
///
/// It must not know Ratis, gRPC or what the connections carry.
@NullMarked
package dev.quorate.consensus.tls;

import org.jspecify.annotations.NullMarked;
