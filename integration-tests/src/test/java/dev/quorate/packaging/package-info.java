/// The package as it was built: looked into, and run from where it was unpacked. Nothing is
/// installed.
@NullMarked
package dev.quorate.packaging;

import org.jspecify.annotations.NullMarked;
