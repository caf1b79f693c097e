/// The one place that reads the machine's monotonic clock.
///
/// Must not know the wall clock: these instants are for comparing, never for showing.
@NullMarked
package dev.quorate.membership.time;

import org.jspecify.annotations.NullMarked;
