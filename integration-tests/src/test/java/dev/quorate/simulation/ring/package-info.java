/// Tests of the ring's long simulation.
@NullMarked
package dev.quorate.simulation.ring;

import org.jspecify.annotations.NullMarked;
