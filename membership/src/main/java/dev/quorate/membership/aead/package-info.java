/// Authenticated encryption, by the library that the machine has for it or by Java's own.
///
/// Must not know what is sealed, for whom, or where keys and numbers come from.
@NullMarked
package dev.quorate.membership.aead;

import org.jspecify.annotations.NullMarked;
