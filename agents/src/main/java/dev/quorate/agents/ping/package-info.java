/// Whether this machine reaches others, as a part of its health. Knows nothing of what follows from
/// it: that is for rules and for `node-health-strategy`.
@NullMarked
package dev.quorate.agents.ping;

import org.jspecify.annotations.NullMarked;
