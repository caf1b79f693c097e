/// A replicated log behind a narrow interface.
///
/// It knows logs and state machines. It must not know resources, agents or what a command means.
@NullMarked
package dev.quorate.consensus;

import org.jspecify.annotations.NullMarked;
