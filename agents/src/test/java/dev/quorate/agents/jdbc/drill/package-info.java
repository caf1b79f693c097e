@NullMarked
package dev.quorate.agents.jdbc.drill;

import org.jspecify.annotations.NullMarked;
