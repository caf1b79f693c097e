@NullMarked
package dev.quorate.agents.core.postgresql.drill;

import org.jspecify.annotations.NullMarked;
