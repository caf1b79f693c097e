/// Joins the fencing decisions to processes and clocks.
///
/// It performs effects and feeds events back. It must not decide anything about fencing.
@NullMarked
package dev.quorate.fencing.driver;

import org.jspecify.annotations.NullMarked;
