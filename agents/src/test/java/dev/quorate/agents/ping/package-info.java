@NullMarked
package dev.quorate.agents.ping;

import org.jspecify.annotations.NullMarked;
