/// What an agent is: the SPI through which the cluster touches the world.
///
/// Agents execute and observe. They must not know the ring, the log or who decides.
@NullMarked
package dev.quorate.agents;

import org.jspecify.annotations.NullMarked;
