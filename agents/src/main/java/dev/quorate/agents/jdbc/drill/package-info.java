/// Writers that commit through an address as an application does, and the reading back of what is
/// there. Must not judge: that is what the core's comparison is for.
@NullMarked
package dev.quorate.agents.jdbc.drill;

import org.jspecify.annotations.NullMarked;
