/// The composition root: `quorated`, which joins ring, log, scheduler, agents and fencing.
///
/// Nothing else depends on this module but its tests.
@NullMarked
package dev.quorate.daemon;

import org.jspecify.annotations.NullMarked;
