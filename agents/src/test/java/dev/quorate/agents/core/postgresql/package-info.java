@NullMarked
package dev.quorate.agents.core.postgresql;

import org.jspecify.annotations.NullMarked;
