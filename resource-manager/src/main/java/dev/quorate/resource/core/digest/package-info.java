/// Fingerprints of the parameters that operations were done with.
///
/// Must not know how parameters are found, nor what follows from a change.
@NullMarked
package dev.quorate.resource.core.digest;

import org.jspecify.annotations.NullMarked;
